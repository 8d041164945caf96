/* Divergences of masses and of logits in one pass over the outcomes, without a call of a logarithm.
 *
 * kl_div(p, q) = p·log(p/q) - p + q is never negative. With k = round(log2(p/q)), taken from the exponent bits, q2 =
 * q·2^k (exact), s = (p - q2)/(p + q2), |s| <= 0.201, z = s² and atanh(s) = s·(1 + z·g(z)),
 *
 *     kl_div(p, q) = (p - q2)·s·(1 + (s + z)·g) + [p·k·log 2 + (q - q2)]
 *
 * The bracket is exactly 0 for k = 0, which leaves a product of accurate factors: no branch, and all digits however
 * near p is to q. The totals enter by identities that hold for any factor c of q, such as, for D = Σ(p - c·q),
 *
 *     KL(P‖Q) = Σ kl_div(p, c·q)/P - (x - log(1 + x)),  x = -D/P
 *
 * docs/numerics.md derives them, and says when a value is accepted; a value that is not is NaN. The file is compiled
 * once for each instruction set. All of them give the same digits, because each sum is kept as 8 partial sums whatever
 * the width of a register, and each fused operation is written as fma(): compile with -ffp-contract=off and never with
 * -ffast-math. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __F16C__
#include <immintrin.h>
#endif

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(x) JOIN(x, KL_SUFFIX)
#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif
#define EACH(j, m) for (ptrdiff_t j = 0; j < (m); j++)
#define TO_LEAST(x, y) ((x) = (y) < (x) ? (y) : (x))
#define TO_MOST(x, y) ((x) = (y) > (x) ? (y) : (x))
#define LN2_HI 0.6931471803691238 /* 33 bits, so that its product with an exponent is exact */
#define LN2_LO 1.9082149292705877e-10

enum { CHUNK = 128, LANES = 8, BLOCK = 65536 };
enum { P_, D_, T_, U_, HP_, HQ_, J_, K_, C_, Y_, S_, R_, A_, B_, Q_, SUMS }; /* see chunk() */
enum { LARGEST, TOP_P, LEAST_P, LEAST_Q, POSITIVE_P, POSITIVE_Q, CLOSEST, ENDS };
enum { FORWARD, REVERSE, ENTROPY_P, ENTROPY_Q, CROSS, REVERSE_CROSS, JS, CHI2, NEYMAN, HELLINGER, BHATTACHARYYA,
       VARIATION, L_INFINITY, VALUES };
enum { UNSURE = 1, RANGE = 2, NOT_NUMBERS = 4, ONLY_P = 8, ONLY_Q = 16, SHARED = 32, MANY = 64, /* MANY: totals are rounded */
       SEEN = 128, FRACTION_P = 256, FRACTION_Q = 512 }; /* whether a mass is no whole number, where SEEN */
enum { FLOAT64, FLOAT32, FLOAT16, BFLOAT16 };
#define OF_EIGHTS(m) ((m) & -LANES) /* m, a multiple of 8: a loop that knows it has no remainder, and half of the code */
#define WANTS(mask, value) ((mask) >> (value) & 1)

/* The sums over a block of outcomes in two doubles each, and its extremes; `flags` of UNSURE to SHARED. */
typedef struct { double high[SUMS], low[SUMS], ends[ENDS]; int64_t flags; } Sums;
/* u: the factor of p, a power of 2. c: that of q. r: D/P, taken off each difference. */
typedef struct { double u, c, r; } Setting;
typedef struct { const char *data; ptrdiff_t step; int64_t type; double temperature; } Side;

static inline double from_bits(uint64_t x) { double d; memcpy(&d, &x, 8); return d; }
static inline uint64_t to_bits(double x) { uint64_t u; memcpy(&u, &x, 8); return u; }

/* (atanh(√z)/√z - 1)/z for 0 <= z <= 0.0405: Chebyshev interpolation, within 1e-17 of 1 + z·g */
static inline double series(double z) {
    double z2 = z * z;
    return fma(z2 * z2, fma(z2, fma(z, 0.06814555360930634, 0.06603540041034682), fma(z, 0.07694501062582865, 0.09090867123200161)),
               fma(z2, fma(z, 0.1111111154582057, 0.1428571428350731), fma(z, 0.20000000000004262, 0.3333333333333333)));
}

/* k, 2^k and the series of log(x/y), of y = yh + yl; the low part only where `wide`. Where x is 0 it is taken as 1, and
 * its term is not used: 2^k would be subnormal, which takes a processor as long as all other work. */
typedef struct { double k, up, y2, l2, d, s, z, g; } Ratio;
static inline Ratio ratio_of(double x, double yh, double yl, int wide) {
    Ratio r;
    x = x > 0.0 ? x : 1.0;
    uint64_t by = to_bits(yh), u = (to_bits(x) - by) + ((1ull << 63) + (1ull << 51));
    uint64_t f = (u & 0xFFF0000000000000ull) + (1ull << 63);
    r.y2 = from_bits(by + f), r.up = from_bits(0x3FF0000000000000ull + f);
    r.k = from_bits((u >> 52) | 0x4330000000000000ull) - (4503599627370496.0 + 2048);
    r.l2 = wide ? yl * r.up : 0.0;
    r.d = wide ? (x - r.y2) - r.l2 : x - r.y2;
    r.s = r.d / (wide ? (x + r.y2) + r.l2 : x + r.y2);
    r.z = r.s * r.s, r.g = series(r.z);
    return r;
}
/* The same, where x - y is known to more digits than x and y tell. */
static inline Ratio ratio_by(double x, double y, double difference) {
    Ratio r = ratio_of(x, y, 0.0, 0);
    r.d = r.y2 == y ? difference : r.d, r.s = r.d / (x + r.y2);
    r.z = r.s * r.s, r.g = series(r.z);
    return r;
}
static inline double kl_div(Ratio r, double x, double yh, double yl, int wide) {
    double rest = wide ? (yh - r.y2) + (yl - r.l2) : yh - r.y2;
    return fma(r.d * r.s, fma(r.s + r.z, r.g, 1.0), fma(x, r.k * LN2_LO, fma(x, r.k * LN2_HI, rest)));
}
/* kl_div(y, x), by the same quotient */
static inline double kl_div_back(Ratio r, double x, double yh, double yl, int wide) {
    double down = from_bits(0x7FE0000000000000ull - to_bits(r.up));
    double rest = wide ? fma(-yl, r.k * LN2_HI, x - x * down) : x - x * down;
    return fma(down * (r.d * r.s), fma(r.z - r.s, r.g, 1.0), fma(-yh, r.k * LN2_LO, fma(-yh, r.k * LN2_HI, rest)));
}
/* kl_div(p, q) and kl_div(q, p), also of masses of 0, without what is infinite: a flag tells it. */
static inline void both_kl(double p, double q, double l, int wide, double *ours, double *theirs) {
    Ratio r = ratio_of(p, q, l, wide);
    double forward = kl_div(r, p, q, l, wide), back = kl_div_back(r, p, q, l, wide);
    *ours = p > 0.0 ? (q > 0.0 ? forward : 0.0) : q;
    *theirs = q > 0.0 ? (p > 0.0 ? back : 0.0) : p;
}
/* -x·log x */
static inline double surprise(double x) {
    Ratio r = ratio_of(x, 1.0, 0.0, 0);
    return x > 0.0 ? -x * fma(r.k, LN2_HI, fma(r.k, LN2_LO, 2.0 * fma(r.s * r.z, r.g, r.s))) : 0.0;
}

static inline void two_sum(double *high, double *low, double x) {
    double a = *high, sum = a + x, v = sum - a;
    *low += (a - (sum - v)) + (x - v), *high = sum;
}
typedef struct { double high[SUMS][LANES], low[SUMS][LANES], ends[ENDS][LANES]; int64_t flags; } Lanes;

/* Adds up terms by halves, so that rounding hardly grows with their number, and the 8 that are left to a sum. */
static inline void add(Lanes *to, int sum, double *restrict t, ptrdiff_t m) {
    m = OF_EIGHTS(m);
    for (ptrdiff_t w = CHUNK / 2; w >= LANES; w /= 2)
        if (m > w) {
            EACH(j, m - w) t[j] += t[j + w];
            m = w;
        }
    EACH(j, LANES) two_sum(&to->high[sum][j], &to->low[sum][j], t[j]);
}

/* Takes the least of the terms, and of the end of each lane, by halves, too. */
static inline void take_least(double *restrict end, double *restrict t, ptrdiff_t m) {
    m = OF_EIGHTS(m);
    for (ptrdiff_t w = CHUNK / 2; w >= LANES; w /= 2)
        if (m > w) {
            EACH(j, m - w) TO_LEAST(t[j], t[j + w]);
            m = w;
        }
    EACH(j, LANES) TO_LEAST(end[j], t[j]);
}

/* All sums over m outcomes, a multiple of 8; outcomes without mass on either side add nothing. */
static inline void chunk(Lanes *to, const double *restrict p, const double *restrict q, const double *restrict l,
                         ptrdiff_t m, Setting by, int64_t mask, int wide) {
    double t[CHUNK], u[CHUNK], d[CHUNK];
    m = OF_EIGHTS(m);
#define L(j) (wide ? l[j] : 0.0)
#define SUM(sum, each) do { EACH(j, m) t[j] = (each); add(to, sum, t, m); } while (0)
    EACH(j, m) d[j] = wide ? (p[j] - q[j]) - l[j] : p[j] - q[j];
    double unused;
    const int64_t ours = WANTS(mask, FORWARD) | WANTS(mask, CROSS), theirs = WANTS(mask, REVERSE) | WANTS(mask, REVERSE_CROSS);
    if (ours & theirs) EACH(j, m) both_kl(p[j], q[j], L(j), wide, t + j, u + j);
    else if (ours) EACH(j, m) both_kl(p[j], q[j], L(j), wide, t + j, &unused);
    else if (theirs) EACH(j, m) both_kl(p[j], q[j], L(j), wide, &unused, u + j);
    if (ours) add(to, T_, t, m);
    if (theirs) add(to, U_, u, m);
    if (WANTS(mask, ENTROPY_P) | WANTS(mask, CROSS)) SUM(HP_, surprise(p[j]));
    if (WANTS(mask, ENTROPY_Q) | WANTS(mask, REVERSE_CROSS)) SUM(HQ_, surprise(q[j]));
    if (WANTS(mask, JS)) {
        EACH(j, m) {
            double half = 0.5 * d[j], m = 0.5 * (p[j] + q[j]); /* p - m and q - m, to their own digits */
            double a = kl_div(ratio_by(p[j], m, half), p[j], m, 0.0, 0), b = kl_div(ratio_by(q[j], m, -half), q[j], m, 0.0, 0);
            a = p[j] > 0.0 ? a : m, b = q[j] > 0.0 ? b : m;
            t[j] = m > 0.0 ? a + b : 0.0, u[j] = m > 0.0 ? b : 0.0;
        }
        add(to, J_, t, m), add(to, K_, u, m);
    }
    if (WANTS(mask, CHI2)) SUM(C_, q[j] > 0.0 ? d[j] * (d[j] / q[j]) : 0.0);
    if (WANTS(mask, NEYMAN)) SUM(Y_, p[j] > 0.0 ? d[j] * (d[j] / p[j]) : 0.0);
    if (WANTS(mask, HELLINGER) | WANTS(mask, BHATTACHARYYA)) {
        EACH(j, m) u[j] = sqrt(p[j]) * sqrt(q[j]);
        SUM(S_, d[j] != 0.0 ? 0.5 * d[j] * (d[j] / fma(2.0, u[j], p[j] + q[j])) : 0.0);
        add(to, R_, u, m);
    }
    if (WANTS(mask, VARIATION) | WANTS(mask, L_INFINITY)) {
        EACH(j, m) u[j] = fma(-p[j], by.r, d[j]), t[j] = fabs(u[j]);
        if (WANTS(mask, VARIATION)) {
            EACH(j, m) u[j] = copysign(p[j], u[j]);
            add(to, B_, u, m);
            EACH(j, m) u[j] = p[j] > 0.0 ? t[j] / p[j] : INFINITY;
            take_least(to->ends[CLOSEST], u, m);
        }
        if (WANTS(mask, L_INFINITY))
            for (ptrdiff_t i = 0; i < m; i += LANES)
                EACH(j, LANES) TO_MOST(to->ends[LARGEST][j], t[i + j]), TO_MOST(to->ends[TOP_P][j], p[i + j]);
        add(to, A_, t, m);
    }
    SUM(P_, p[j]);
    if (!wide) SUM(Q_, q[j]); /* else it is P - D, as near as can be */
    add(to, D_, d, m);
}

static inline float single(uint32_t bits) { float f; memcpy(&f, &bits, 4); return f; }
/* Half precision by its bits; 2^112 moves the exponent, also of a subnormal. Of infinity and NaN it makes 65536 and more,
 * whose exponent is then filled. */
static inline float half(uint16_t x) {
    uint32_t bits = ((uint32_t)(int16_t)x << 13) & 0x8FFFE000, moved;
    float value = single(bits) * 0x1p112f;
    memcpy(&moved, &value, 4);
    return single(moved | ((bits & 0x0F800000) == 0x0F800000 ? 0x7F800000 : 0));
}

/* HALVES of them at once, as wide as what is read after: a narrower store would have to reach memory first. */
#if defined(__F16C__) && defined(__AVX512F__)
#define HALVES 16
static inline void widen(const char *from, float *to) { _mm512_storeu_ps(to, _mm512_cvtph_ps(_mm256_loadu_si256((const void *)from))); }
#elif defined(__F16C__)
#define HALVES 8
static inline void widen(const char *from, float *to) { _mm256_storeu_ps(to, _mm256_cvtph_ps(_mm_loadu_si128((const void *)from))); }
#endif
#define COPY(kind, value) \
    if (step == (ptrdiff_t)sizeof(kind)) EACH(j, n) { kind x; memcpy(&x, at + j * (ptrdiff_t)sizeof x, sizeof x); to[j] = (value); } \
    else EACH(j, n) { kind x; memcpy(&x, at + j * step, sizeof x); to[j] = (value); }
/* n <= CHUNK numbers of 32 or 16 bits from `first` on: in place where they lie so, else copied to `room`. */
static const float *load_narrow(const Side *side, ptrdiff_t first, ptrdiff_t n, float *restrict room) {
    const char *at = side->data + first * side->step;
    ptrdiff_t step = side->step;
    float *to = room;
    if (side->type == FLOAT32 && step == 4 && (uintptr_t)at % 4 == 0) return (const float *)(const void *)at;
    switch (side->type) {
    case FLOAT32: COPY(float, x) break;
    case FLOAT16:
#ifdef HALVES
        for (; step == 2 && n >= HALVES; n -= HALVES, at += 2 * HALVES, to += HALVES) widen(at, to);
#endif
        COPY(uint16_t, half(x)) break;
    default: COPY(uint16_t, single((uint32_t)x << 16))
    }
    return room;
}
/* n <= CHUNK numbers from `first` on as doubles, not divided yet: in place where they lie so, else copied to `room`. */
static const double *load_given(const Side *side, ptrdiff_t first, ptrdiff_t n, double *restrict room) {
    const char *at = side->data + first * side->step;
    ptrdiff_t step = side->step;
    double *to = room;
    if (side->type == FLOAT64) {
        if (step == 8 && n % LANES == 0 && (uintptr_t)at % 8 == 0) return (const double *)(const void *)at;
        COPY(double, x)
    } else if (side->type == FLOAT32) {
        COPY(float, x)
    } else {
        float narrow[CHUNK];
        load_narrow(side, first, n, narrow);
        EACH(j, n) room[j] = narrow[j];
    }
    return room;
}
static const double *load(const Side *side, ptrdiff_t first, ptrdiff_t n, double *restrict room) {
    const double *given = load_given(side, first, n, room);
    if (side->temperature == 1.0) return given;
    EACH(j, n) room[j] = given[j] / side->temperature;
    return room;
}
static inline ptrdiff_t padded(double *room, ptrdiff_t n, double with) {
    ptrdiff_t m = (n + LANES - 1) / LANES * LANES;
    for (ptrdiff_t j = n; j < m; j++) room[j] = with;
    return m;
}

static void start(Lanes *to) {
    memset(to, 0, sizeof *to);
    for (int end = LEAST_P; end < ENDS; end++) EACH(j, LANES) to->ends[end][j] = INFINITY;
}
static void keep(double *of, double x, int end) {
    if (end < LEAST_P) TO_MOST(*of, x);
    else TO_LEAST(*of, x);
}
static void fold(const Lanes *from, Sums *to) {
    memset(to, 0, sizeof *to);
    for (int sum = 0; sum < SUMS; sum++) {
        EACH(j, LANES) two_sum(&to->high[sum], &to->low[sum], from->high[sum][j]);
        EACH(j, LANES) to->low[sum] += from->low[sum][j];
    }
    for (int end = 0; end < ENDS; end++) {
        to->ends[end] = from->ends[end][0];
        EACH(j, LANES) keep(to->ends + end, from->ends[end][j], end);
    }
    to->flags = from->flags;
}
static void join(Sums *to, const Sums *from) {
    for (int sum = 0; sum < SUMS; sum++) {
        two_sum(&to->high[sum], &to->low[sum], from->high[sum]);
        to->low[sum] += from->low[sum];
    }
    for (int end = 0; end < ENDS; end++) keep(to->ends + end, from->ends[end], end);
    to->flags |= from->flags;
}

static int is_power_of_2(double x) {
    int e;
    return frexp(x, &e) == 0.5;
}
static double total(const Sums *of, int sum) { return of->high[sum] + of->low[sum]; }

/* Supports, and the least mass above 0, of a chunk that has a mass of 0 (or a negative one, or NaN); m is a multiple of 8. */
static void look_at_zeros(Lanes *to, const double *restrict p, const double *restrict q, ptrdiff_t m) {
    int64_t found[LANES] = {0};
    for (ptrdiff_t i = 0; i < m; i += LANES)
        EACH(j, LANES) {
            double a = p[i + j], b = q[i + j], x = a != 0.0 ? a : INFINITY, y = b != 0.0 ? b : INFINITY;
            TO_LEAST(to->ends[POSITIVE_P][j], x), TO_LEAST(to->ends[POSITIVE_Q][j], y);
            int64_t with_p = b > 0.0 ? SHARED : ONLY_P, without = b > 0.0 ? ONLY_Q : 0;
            found[j] |= a > 0.0 ? with_p : without;
        }
    EACH(j, LANES) to->flags |= found[j];
}
static int64_t fractions(const double *restrict p, const double *restrict q, ptrdiff_t m) {
    int64_t found[LANES] = {0}, all = SEEN;
    for (ptrdiff_t i = 0; i < m; i += LANES)
        EACH(j, LANES) found[j] |= (floor(p[i + j]) == p[i + j] ? 0 : FRACTION_P) | (floor(q[i + j]) == q[i + j] ? 0 : FRACTION_Q);
    EACH(j, LANES) all |= found[j];
    return all;
}
static void masses_of(const Side *p, const Side *q, ptrdiff_t first, ptrdiff_t end, Setting by, int64_t mask, Sums *out) {
    Lanes to;
    double of_p[CHUNK], of_q[CHUNK], scaled[CHUNK], high[CHUNK], low[CHUNK];
    start(&to);
    if (end - first > LANES) to.flags = MANY;
    for (; first < end; first += CHUNK) {
        ptrdiff_t n = end - first < CHUNK ? end - first : CHUNK, m = n;
        const double *a = load(p, first, n, of_p), *b = load(q, first, n, of_q);
        double least[2][LANES], least_p = INFINITY, least_q = INFINITY;
        if (n % LANES) padded(of_p, n, 0.0), m = padded(of_q, n, 0.0);
        m = OF_EIGHTS(m);
        EACH(j, LANES) least[0][j] = least[1][j] = INFINITY;
        for (ptrdiff_t i = 0; i + LANES <= n; i += LANES) EACH(j, LANES) TO_LEAST(least[0][j], a[i + j]), TO_LEAST(least[1][j], b[i + j]);
        for (ptrdiff_t j = n / LANES * LANES; j < n; j++) TO_LEAST(least[0][0], a[j]), TO_LEAST(least[1][0], b[j]);
        EACH(j, LANES) TO_LEAST(least_p, least[0][j]), TO_LEAST(least_q, least[1][j]);
        TO_LEAST(to.ends[LEAST_P][0], least_p), TO_LEAST(to.ends[LEAST_Q][0], least_q);
        if (least_p > 0.0 && least_q > 0.0) {
            TO_LEAST(to.ends[POSITIVE_P][0], least_p), TO_LEAST(to.ends[POSITIVE_Q][0], least_q);
            to.flags |= SHARED;
        } else
            look_at_zeros(&to, a, b, m);
        if (by.u != 1.0) { /* as of counts, whose totals are never near 1 */
            to.flags |= fractions(a, b, m);
            EACH(j, m) scaled[j] = a[j] * by.u;
            a = scaled;
        }
        if (by.c != 1.0) {
            EACH(j, m) high[j] = b[j] * by.c, low[j] = fma(b[j], by.c, -high[j]); /* c·q exactly, in two doubles */
            b = high;
        }
        if (is_power_of_2(by.c)) chunk(&to, a, b, a, m, by, mask, 0);
        else chunk(&to, a, b, low, m, by, mask, 1);
    }
    fold(&to, out);
}

/* x - log(1 + x) >= 0 for x > -1, to its own last digits */
static double log_excess(double x) {
    double s = x / (2.0 + x);
    if (!(fabs(s) <= 0.2)) return x - log1p(x);
    return x * s * (1.0 - (1.0 - s) * s * series(s * s));
}
static double above(double value, double least) { return value >= least ? value : NAN; }

#define EPS 0x1p-53
#define LEAST_MASS 1e-250 /* of a total near 1; terms are at least its product with 2^-106 */
#define LEAST_TOTAL 1e-290
#define LARGEST_TOTAL 1e290
#define LEAST_VALUE 1e-200    /* of a value whose terms may have underflowed */
#define LEAST_ENTROPY 0.35    /* from which log P has no part in its error */
#define TAKEN_OFF 0.0625      /* of a sum, that its total may take off */
#define LARGEST_MU 1e15       /* of a mean difference of logits; the rounding of a larger one may reach 1 */
#define SMALL 0x1p-25         /* D/P, up to which its powers above the second do not show in JS */
#define NEARLY_EQUAL 0x1p-6   /* D/P, up to which the totals are tried as they are */

static int nearest_exponent(double x, double beside) {
    int e, f;
    double m = frexp(x, &e) / frexp(beside, &f);
    return e - f + (int)rint(log2(m));
}
static int needs_unit(double P, double Q, Setting by) {
    return is_power_of_2(by.c) && (nearest_exponent(P, 1.0) || nearest_exponent(Q, P));
}
/* Whether the totals are so far apart that a pass with this setting is in vain, whatever is asked for. */
static int are_apart(double P, double Q, Setting by) {
    return needs_unit(P, Q, by) || (is_power_of_2(by.c) && fabs(P - Q) > NEARLY_EQUAL * P);
}
/* A setting under which the totals are near 1, or else equal, or else their difference is taken off each outcome. The
 * powers of 2 are taken first, so that one more on either side changes no bit of a value. */
static Setting better(double P, double Q, double D, Setting by, int are_masses) {
    int e = nearest_exponent(P, 1.0);
    if (are_masses && needs_unit(P, Q, by)) return (Setting){ldexp(by.u, -e), ldexp(by.c, -e - nearest_exponent(Q, P)), 0.0};
    if (fabs(D / P) > 2 * EPS && !(!is_power_of_2(by.c) && fabs(D / P) < 16 * EPS)) by.c *= P / Q, by.r = 0.0;
    else by.r = D / P;
    return by;
}

/* The entropy, more by a divergence, of a mean surprise and a total of 1 + excess: a small one only if that has its digits. */
static double entropy_of(double surprise, double total, double excess, double divergence) {
    int is_near = fabs(excess) < 0.5;
    double shift = is_near ? log1p(excess) : log(total), entropy = surprise + shift, value = entropy + divergence;
    return value >= LEAST_ENTROPY || (is_near && fabs(shift) <= 0.25 * entropy) ? above(value, LEAST_VALUE) : NAN;
}
/* What an earlier pass vouched for stays, so that no value depends on what else is asked for; what is not wanted is NaN. */
static void hold_on_to(const double *known, int64_t mask, double *restrict value) {
    EACH(i, VALUES) value[i] = !WANTS(mask, i) ? NAN : known[i] == known[i] ? known[i] : value[i];
}
/* Values from sums, NaN where their digits may not be right; returns whether the setting is better next time. At first
 * each value is NaN. */
static int finish(const Sums *of, Setting *by, int64_t mask, int are_masses, double *restrict value, int64_t *flags) {
    double sum[SUMS];
    for (int i = 0; i < SUMS; i++) sum[i] = total(of, i);
    double P = sum[P_], D = sum[D_], Q = sum[Q_] > 0.0 ? sum[Q_] : P - D, x = -D / P, y = D / Q, least_p = of->ends[POSITIVE_P], least_q = of->ends[POSITIVE_Q];
    *flags = of->flags;
    double known[VALUES];
    EACH(i, VALUES) known[i] = value[i], value[i] = NAN;
    if (!(P > 0.0 && Q > 0.0 && P < INFINITY && Q < INFINITY)) {
        *flags |= NOT_NUMBERS | UNSURE;
        return hold_on_to(known, mask, value), 0;
    }
    if (!(P / by->u > LEAST_TOTAL && P / by->u < LARGEST_TOTAL && Q / by->c > LEAST_TOTAL && Q / by->c < LARGEST_TOTAL)) {
        *flags |= RANGE | UNSURE;
        return hold_on_to(known, mask, value), 0;
    }
    if (mask && are_masses && are_apart(P, Q, *by)) {
        *by = better(P, Q, D, *by, 1);
        return hold_on_to(known, mask, value), 1;
    }
    if (mask && !(least_p * by->u >= LEAST_MASS && least_q * by->c >= LEAST_MASS)) {
        *flags |= RANGE | UNSURE;
        return hold_on_to(known, mask, value), 0;
    }
    double off, square = (D / P) * (D / P);
    double forward = sum[T_] / P, reverse = sum[U_] / Q;
    off = log_excess(x), forward = off <= TAKEN_OFF * forward ? above(forward - off, LEAST_VALUE) : NAN;
    off = log_excess(y), reverse = off <= TAKEN_OFF * reverse ? above(reverse - off, LEAST_VALUE) : NAN;
    value[FORWARD] = forward = *flags & ONLY_P ? INFINITY : sum[T_] == 0.0 ? 0.0 : forward;
    value[REVERSE] = reverse = *flags & ONLY_Q ? INFINITY : sum[U_] == 0.0 ? 0.0 : reverse;
    int is_rounded = (*flags & MANY) != 0, is_wide = !(sum[Q_] > 0.0);
    double own_p = sum[HP_] / P, own_q = sum[HQ_] / Q, excess_p = is_rounded ? INFINITY : (of->high[P_] - 1.0) + of->low[P_];
    double excess_q = is_rounded || is_wide ? INFINITY : (of->high[Q_] - 1.0) + of->low[Q_];
    value[ENTROPY_P] = entropy_of(own_p, P, excess_p, 0.0), value[ENTROPY_Q] = entropy_of(own_q, Q, excess_q, 0.0);
    value[CROSS] = *flags & ONLY_P ? INFINITY : entropy_of(own_p, P, excess_p, forward);
    value[REVERSE_CROSS] = *flags & ONLY_Q ? INFINITY : entropy_of(own_q, Q, excess_q, reverse);
    /* JS has no such identity, but a series in D/P: K, of the terms of q, is its slope, and its curvature is known from JS */
    double off_js = square / 8.0, js = 0.5 * (fma(-0.215 * square, sum[J_], sum[J_]) + (D / P + square) * sum[K_]) / P;
    value[JS] = sum[J_] == 0.0 ? 0.0 : fabs(x) <= SMALL && off_js <= TAKEN_OFF * js && fabs(x) * square <= 4 * EPS * js
                    ? above(js - off_js, LEAST_VALUE) : NAN;
    double chi2 = sum[C_] * Q / (P * P), neyman = sum[Y_] * P / (Q * Q);
    value[CHI2] = *flags & ONLY_P ? INFINITY : sum[C_] == 0.0 ? 0.0 : square <= TAKEN_OFF * chi2 ? above(chi2 - square, LEAST_VALUE) : NAN;
    value[NEYMAN] = *flags & ONLY_Q ? INFINITY : sum[Y_] == 0.0 ? 0.0 : y * y <= TAKEN_OFF * neyman ? above(neyman - y * y, LEAST_VALUE) : NAN;
    /* √P·√Q - Σ√(p·q) = ½·Σ(√p - √q)² - ½·(√P - √Q)² */
    double root = sqrt(P) * sqrt(Q), apart = D / (sqrt(P) + sqrt(Q)), overlap = sum[R_] / root;
    double squares = sum[S_] / root, less = 0.5 * apart * apart / root;
    squares = sum[S_] == 0.0 ? 0.0 : less <= TAKEN_OFF * squares ? above(squares - less, LEAST_VALUE) : NAN;
    value[HELLINGER] = sqrt(squares);
    value[BHATTACHARYYA] = !(*flags & SHARED) ? INFINITY : squares <= 0.5 ? -log1p(-squares) : squares > 0.5 ? -log(above(overlap, LEAST_VALUE)) : NAN;
    /* Σ|d - p·D/P| is linear in what is left of D/P while no term changes its sign */
    double left = D / P - by->r, size = sum[A_], straight = size - left * sum[B_], top = of->ends[TOP_P], largest = of->ends[LARGEST];
    int is_same = size == 0.0 && left == 0.0;
    value[VARIATION] = is_same ? 0.0 : fabs(left) <= of->ends[CLOSEST] && (fabs(left) + fabs(by->r)) * P <= 0.5 * size
                           ? above(0.5 * straight / Q, LEAST_VALUE) : NAN;
    value[L_INFINITY] = is_same ? 0.0 : (fabs(left) + 2 * EPS * size / P) * top <= 4 * EPS * largest && fabs(by->r) * top <= 0.25 * largest
                            ? above(largest / Q, LEAST_VALUE) : NAN;
    hold_on_to(known, mask, value);
    int is_done = 1;
    EACH(i, VALUES)
        if (WANTS(mask, i)) is_done &= value[i] == value[i];
    if (is_done) return 0;
    *flags |= UNSURE;
    Setting next = better(P, Q, D, *by, are_masses);
    int is_new = memcmp(&next, by, sizeof next) != 0;
    *by = next;
    return is_new;
}

static const Setting PLAIN = {1.0, 1.0, 0.0};
enum { PASSES = 6, EXTRA = 5, WIDTH = VALUES + EXTRA };

static void give(const Sums *of, Setting by, int64_t flags, double *out) {
    double P = total(of, P_), Q = (is_power_of_2(by.c) ? total(of, Q_) : P - total(of, D_)) / by.c;
    P /= by.u;
    out[VALUES] = of->ends[LEAST_P], out[VALUES + 1] = P, out[VALUES + 2] = of->ends[LEAST_Q], out[VALUES + 3] = Q;
    out[VALUES + 4] = (double)flags;
}

EXPORT int64_t NAME(kl_sizes)(void) { return (int64_t)sizeof(Sums) << 32 | WIDTH << 16 | VALUES; }

/* Sums of the blocks first to last of one pair of n masses, for kl_finish. */
EXPORT void NAME(kl_blocks)(const Side *p, const Side *q, int64_t n, const Setting *by, int64_t mask, int64_t first, int64_t last, Sums *out) {
    for (int64_t i = first; i < last; i++)
        masses_of(p, q, i * BLOCK, (i + 1) * BLOCK < n ? (i + 1) * BLOCK : n, *by, mask, out + i);
}
EXPORT int64_t NAME(kl_finish)(Sums *blocks, int64_t count, Setting *by, int64_t mask, double *out) {
    int64_t flags;
    Setting was = *by;
    for (int64_t i = 1; i < count; i++) join(blocks, blocks + i);
    int again = finish(blocks, by, mask, 1, out, &flags);
    give(blocks, was, flags, out);
    return again;
}

static Side row_of(const Side *side, int64_t row, int64_t stride) {
    Side found = *side;
    found.data += row * stride;
    return found;
}
/* Values of the rows first to last, WIDTH numbers each: of VALUES, then the least and the total of p and of q, flags. */
EXPORT void NAME(kl_rows)(const Side *p, const Side *q, int64_t n, int64_t stride_p, int64_t stride_q, int64_t mask, int64_t first,
                          int64_t last, double *out) {
    int totals_first = 0; /* where the row before needed another factor, as rows of counts do: a pass in the cache is cheap */
    for (int64_t row = first; row < last; row++) {
        Side a = row_of(p, row, stride_p), b = row_of(q, row, stride_q);
        Setting by = PLAIN, was = PLAIN;
        Sums sums, more;
        int64_t flags = 0;
        EACH(i, VALUES) out[row * WIDTH + i] = NAN;
        int again = 1;
        for (int pass = 0; again && pass < PASSES; pass++) {
            int64_t now = pass == 0 && totals_first ? 0 : mask;
            was = by;
            masses_of(&a, &b, 0, n < BLOCK ? n : BLOCK, by, now, &sums);
            for (int64_t at = BLOCK; at < n; at += BLOCK) {
                masses_of(&a, &b, at, at + BLOCK < n ? at + BLOCK : n, by, now, &more);
                join(&sums, &more);
            }
            again = finish(&sums, &by, now, 1, out + row * WIDTH, &flags);
            if (!now && !(flags & UNSURE)) {
                double P = total(&sums, P_), Q = total(&sums, Q_);
                while (are_apart(P, Q, by)) {
                    Setting next = better(P, Q, P - Q, by, 1);
                    P *= next.u / by.u, Q *= next.c / by.c;
                    by = next;
                }
                again = 1;
            }
        }
        totals_first = n <= BLOCK && was.c != 1.0;
        give(&sums, was, flags, out + row * WIDTH);
    }
}

/* Logits. With p = exp(a - top) and w = (b - a) - mu, for any mu and m = Σ p·w/P, S = Σ p·(exp(w) - 1 - w)/P,
 *
 *     KL = S - (v - log(1 + v)),  v = m + S
 *
 * mu is near log Σ exp(b) - log Σ exp(a), so that v is small. */

/* 2^k, r and exp(r) - 1 - r of exp(x) = 2^k·exp(r), |r| <= 0.35, for |x| <= 700 */
typedef struct { double up, k, r, rest; } Power;
static inline Power power_of(double x) {
    Power e;
    double t = fma(x, 1.4426950408889634, 6755399441055744.0), r2, r4, low, middle;
    e.k = t - 6755399441055744.0;
    e.r = fma(e.k, -LN2_LO, fma(e.k, -LN2_HI, x));
    e.up = from_bits((to_bits(t) << 52) + 0x3FF0000000000000ull);
    r2 = e.r * e.r, r4 = r2 * r2;
    low = fma(r2, fma(e.r, 1.0 / 120, 1.0 / 24), fma(e.r, 1.0 / 6, 1.0 / 2));
    middle = fma(r2, fma(e.r, 1.0 / 362880, 1.0 / 40320), fma(e.r, 1.0 / 5040, 1.0 / 720));
    e.rest = r2 * fma(r4, fma(r4, fma(r2, fma(e.r, 1.0 / 6227020800, 1.0 / 479001600), fma(e.r, 1.0 / 39916800, 1.0 / 3628800)), middle), low);
    return e;
}
static inline double rise_of(Power e) { return fma(e.up, e.r + e.rest, e.up - 1.0); } /* exp(x) - 1 */
static inline double curve_of(Power e) {                                               /* exp(x) - 1 - x >= 0 */
    return fma(e.up, e.rest, fma(e.up - 1.0, e.r, fma(e.k, -LN2_LO, fma(e.k, -LN2_HI, e.up - 1.0))));
}

/* Of logits; unit: a power of 2 that all are multiples of, or 0. */
typedef struct { double least, top, unit; } Range;
/* The least and the largest of n logits, the least size but 0 (or 1), and the sum of all sizes, NaN if one is, in registers
 * of `number`: float32 takes half of what double does. */
#define RANGE_IN(name, number, load_chunk) \
    static void name(const Side *a, int64_t n, Range *r, int *is_wrong) { \
        number room[CHUNK], low[CHUNK], high[CHUNK], fine[CHUNK], sum[CHUNK] = {0}; \
        EACH(j, CHUNK) low[j] = INFINITY, high[j] = -INFINITY, fine[j] = 1; \
        for (int64_t first = 0; first < n; first += CHUNK) { \
            ptrdiff_t m = n - first < CHUNK ? n - first : CHUNK; \
            const number *x = load_chunk(a, first, m, room); \
            EACH(j, m) { \
                number size = x[j] > 0 ? x[j] : -x[j]; \
                TO_LEAST(low[j], x[j]), TO_MOST(high[j], x[j]), sum[j] += size; \
                size = size > 0 ? size : 1, TO_LEAST(fine[j], size); \
            } \
        } \
        for (ptrdiff_t w = CHUNK / 2; w >= LANES; w /= 2) \
            EACH(j, w) TO_LEAST(low[j], low[j + w]), TO_MOST(high[j], high[j + w]), TO_LEAST(fine[j], fine[j + w]), sum[j] += sum[j + w]; \
        EACH(j, LANES) TO_LEAST(r->least, low[j]), TO_MOST(r->top, high[j]), TO_LEAST(r->unit, fine[j]), *is_wrong |= sum[j] != sum[j]; \
    }
RANGE_IN(range_of_doubles, double, load_given)
RANGE_IN(range_of_narrow, float, load_narrow)
static Range range_of(const Side *a, int64_t n, int64_t *flags) {
    Range r = {INFINITY, -INFINITY, 1.0};
    int is_wrong = 0, e;
    (a->type == FLOAT64 ? range_of_doubles : range_of_narrow)(a, n, &r, &is_wrong);
    frexp(r.unit, &e);
    r.unit = ldexp(1.0, e - 1 - (a->type == FLOAT64 ? 52 : 23)); /* one for all short types, which so give the same digits */
    if (a->temperature != 1.0) r.least /= a->temperature, r.top /= a->temperature, r.unit = 0.0;
    if (is_wrong || !(r.top > -INFINITY && r.top < INFINITY)) *flags |= NOT_NUMBERS | UNSURE;
    return r;
}

typedef struct { double top, mu, mu_low; } Centre;
typedef struct { double high, low; } Pair;
static inline Pair minus(double a, double b) {
    double d = a - b, v = d - a;
    return (Pair){d, (a - (d - v)) - (b + v)};
}
static inline Pair distance_of(double a, double b, Centre by, int wide) { /* w */
    if (!wide) return (Pair){(b - a) - by.mu, 0.0};
    Pair d = minus(b, a), w = minus(d.high, by.mu);
    double low = w.low + (d.low - by.mu_low), high = w.high + low; /* a low part may be more than w.high is */
    return (Pair){high, low - (high - w.high)};
}
static inline double mass_of(double a, Centre by, int wide) {
    Pair x = wide ? minus(a, by.top) : (Pair){a - by.top, 0.0};
    Power e = power_of(x.high);
    double p = fma(e.up, e.r + e.rest, e.up);
    return wide ? fma(p, x.low, p) : p;
}
/* p, p·w and p·(exp(w) - 1 - w) */
static inline void gap_of(double a, double b, Centre by, int wide, double *p, double *pw, double *t) {
    Pair w = distance_of(a, b, by, wide);
    Power e = power_of(w.high);
    *p = mass_of(a, by, wide), *pw = *p * w.high;
    *t = *p * (wide ? fma(w.low, rise_of(e), curve_of(e)) : curve_of(e));
}
/* p and q = qh + ql, where they are near with the digits of p - q = -p·(exp(w) - 1) */
static inline void masses_by(double a, double b, Centre by, int wide, double *p, double *qh, double *ql) {
    Pair w = distance_of(a, b, by, wide);
    Power e = power_of(w.high);
    double rise = rise_of(e);
    *p = mass_of(a, by, wide), *qh = *p * fma(e.up, e.r + e.rest, e.up);
    if (wide) *qh = fma(*qh, w.low, *qh), rise = fma(w.low, 1.0 + rise, rise);
    *ql = fabs(w.high) <= 0.5 ? (*p - *qh) + *p * rise : 0.0;
}
/* q = exp(b - top - mu), where p does not lead to it */
static double other_mass(double b, Centre by, int64_t *flags) {
    Pair w = distance_of(by.top, b, by, 1);
    if (w.high > 600.0) *flags |= RANGE;
    return b > -INFINITY ? exp(w.high) * (1.0 + (w.high > -700.0 ? w.low : 0.0)) : 0.0;
}

/* p, p·w and p·(exp(w) - 1 - w) of an outcome whose logits may be -inf, or a mask such as -3.4e38. */
static void odd_outcome(double a, double b, Centre by, double *p, double *pw, double *t, int64_t *flags) {
    double x = a - by.top, w = distance_of(a, b, by, 1).high;
    *p = *pw = *t = 0.0;
    if (a == -INFINITY && b == -INFINITY) return;
    *flags |= a == -INFINITY ? ONLY_Q : b == -INFINITY ? ONLY_P : SHARED;
    if (x >= -700.0 && fabs(w) <= 600.0) {
        gap_of(a, b, by, 1, p, pw, t);
        return;
    }
    if (a > -INFINITY) *p = x >= -700.0 ? mass_of(a, by, 1) : exp(x);
    if (a == -INFINITY) *t = other_mass(b, by, flags);
    else if (b > -INFINITY) {
        if (!(fabs(w) < INFINITY)) *flags |= RANGE;
        *pw = *p * w;
        *t = w > 0.0 ? other_mass(b, by, flags) - *p - *pw : *p * (-1.0 - w);
    }
}
/* The masses p and q = qh + ql of an outcome that exp(w) does not reach from p. */
static void odd_masses(double a, double b, Centre by, double *p, double *qh, double *ql, int64_t *flags) {
    double x = a - by.top, other = (b - by.top) - by.mu, w = (b - a) - by.mu;
    *p = *qh = *ql = 0.0;
    if (a == -INFINITY && b == -INFINITY) return;
    *flags |= a == -INFINITY ? ONLY_Q : b == -INFINITY ? ONLY_P : SHARED;
    if (x < -570.0 && other < -570.0 && fabs(w) <= 60.0) return; /* too little to be seen, and both alike */
    if ((a > -INFINITY && x < -570.0) || (b > -INFINITY && other < -570.0)) *flags |= RANGE;
    if (x >= -500.0 && fabs(w) <= 60.0) masses_by(a, b, by, 1, p, qh, ql);
    else *p = a > -INFINITY ? mass_of(a, by, 1) : 0.0, *qh = other_mass(b, by, flags);
}

/* Whether a logit a is so far below the top, or a w so large, that an outcome is odd. */
static inline int64_t is_beyond(const double *x, const double *y, ptrdiff_t m, Centre by, double below, double reach) {
    int64_t odd[LANES] = {0}, any = 0;
    for (ptrdiff_t i = 0; i < m; i += LANES)
        EACH(j, LANES) odd[j] |= !(x[i + j] - by.top >= below) | !(fabs((y[i + j] - x[i + j]) - by.mu) <= reach);
    EACH(j, LANES) any |= odd[j];
    return any;
}

/* A unit of both under which no difference of their logits is rounded, nor one less a multiple of it; else 0. */
static double exact_unit(Range a, Range b) {
    double unit = a.unit < b.unit ? a.unit : b.unit, top = a.top > b.top ? a.top : b.top;
    return top - (a.least < b.least ? a.least : b.least) <= 0x1p51 * unit ? unit : 0.0;
}

/* Whether no outcome of these ranges is. */
static int is_within(Range a, Range b, Centre by, double below, double reach) {
    return a.least - by.top >= below && (b.top - a.least) - by.mu <= reach && (b.least - a.top) - by.mu >= -reach;
}

/* Sums of one direction: P_, D_ of p·w, T_, HP_ of p·(top - a), R_ of the masses below the top, A_ of how many are at it.
 * `wide`: differences may be rounded, so that they take two doubles. */
static void one_way(const Side *a, const Side *b, int64_t n, Centre by, int is_plain, int wide, int64_t mask, Sums *out) {
    Lanes to;
    double of_a[CHUNK], of_b[CHUNK], p[CHUNK], pw[CHUNK], t[CHUNK], u[CHUNK];
    start(&to);
    for (int64_t first = 0; first < n; first += CHUNK) {
        ptrdiff_t count = n - first < CHUNK ? n - first : CHUNK, m = count;
        const double *x = load(a, first, count, of_a), *y = load(b, first, count, of_b);
        if (count % LANES) padded(of_a, count, by.top), m = padded(of_b, count, by.top + by.mu);
        m = OF_EIGHTS(m);
        if (!is_plain && is_beyond(x, y, m, by, -700.0, 600.0)) EACH(j, m) odd_outcome(x[j], y[j], by, p + j, pw + j, t + j, &to.flags);
        else {
            to.flags |= SHARED;
            if (WANTS(mask, FORWARD) && wide) EACH(j, m) gap_of(x[j], y[j], by, 1, p + j, pw + j, t + j);
            else if (WANTS(mask, FORWARD)) EACH(j, m) gap_of(x[j], y[j], by, 0, p + j, pw + j, t + j);
            else EACH(j, m) p[j] = mass_of(x[j], by, 1);
        }
        for (ptrdiff_t j = count; j < m; j++) p[j] = pw[j] = t[j] = 0.0;
        if (WANTS(mask, FORWARD)) add(&to, T_, t, m), add(&to, D_, pw, m);
        if (WANTS(mask, ENTROPY_P)) {
            EACH(j, m) u[j] = p[j] > 0.0 ? p[j] * (by.top - x[j]) : 0.0;
            add(&to, HP_, u, m);
            EACH(j, m) u[j] = x[j] == by.top ? 0.0 : p[j];
            add(&to, R_, u, m);
            EACH(j, m) u[j] = x[j] == by.top ? 1.0 : 0.0;
            for (ptrdiff_t j = count; j < m; j++) u[j] = 0.0;
            add(&to, A_, u, m);
        }
        add(&to, P_, p, m);
    }
    fold(&to, out);
}

/* Whether b - a is the same of every outcome, to the last bit; -inf stands on both sides or on none. */
static int are_proportional(const Side *a, const Side *b, int64_t n) {
    double of_a[CHUNK], of_b[CHUNK];
    Pair first = {NAN, NAN};
    for (int64_t at = 0; at < n; at += CHUNK) {
        ptrdiff_t count = n - at < CHUNK ? n - at : CHUNK;
        const double *x = load(a, at, count, of_a), *y = load(b, at, count, of_b);
        EACH(j, count) {
            if (x[j] == -INFINITY && y[j] == -INFINITY) continue;
            Pair d = minus(y[j], x[j]);
            if (first.high != first.high) first = d;
            if (!(d.high == first.high && d.low == first.low)) return 0;
        }
    }
    return 1;
}

/* exp(x) - less for |x| <= 80, to 24 bits, or to 11 where not `fine` */
static inline float short_power(float x, float less, int fine) {
    float t = fmaf(x, 1.442695041f, 12582912.0f), k = t - 12582912.0f, r = fmaf(k, -0.6931471806f, x), r2 = r * r, tail = fmaf(r, 1.0f / 6, 0.5f);
    if (fine) tail = fmaf(r2, fmaf(r2, fmaf(r, 1.0f / 5040, 1.0f / 720), fmaf(r, 1.0f / 120, 1.0f / 24)), tail);
    uint32_t bits;
    memcpy(&bits, &t, 4);
    float up = single((bits << 23) + 0x3F800000u);
    return fmaf(up, fmaf(r2, tail, r), up - less);
}
/* p = exp(below) and p·(exp(w) - 1), added; where not `fine`, p is right to 6 % */
static inline void add_change(float below, float w, int fine, float *p, float *d) {
    below = below > -80.0f ? below : -80.0f, w = w < 60.0f ? w : 0.0f, w = w > -60.0f ? w : -60.0f;
    float mass = fine ? short_power(below, 0.0f, 1) : single((uint32_t)(int32_t)(12102203.0f * below) + 0x3F800000u); /* 2^23/log 2 */
    *p += mass, *d += mass * short_power(w, 1.0f, fine);
}
/* log Σ exp(b) - log Σ exp(a), less mu, by sums in float32. Any centre serves; one within 3e-8 leaves JS no pass to make. */
#define CENTRE_IN(name, number, load_chunk) \
    static double name(const Side *a, const Side *b, int64_t n, number top, number mu, int fine) { \
        number of_a[CHUNK], of_b[CHUNK]; \
        float p[CHUNK] = {0}, d[CHUNK] = {0}; \
        double mass[LANES] = {0}, change[LANES] = {0}, P = 0.0, D = 0.0; \
        for (int64_t first = 0; first < n; first += CHUNK) { \
            ptrdiff_t m = n - first < CHUNK ? n - first : CHUNK; \
            const number *x = load_chunk(a, first, m, of_a), *y = load_chunk(b, first, m, of_b); \
            if (fine) EACH(j, m) add_change((float)(x[j] - top), (float)((y[j] - x[j]) - mu), 1, p + j, d + j); \
            else EACH(j, m) add_change((float)(x[j] - top), (float)((y[j] - x[j]) - mu), 0, p + j, d + j); \
            if (n - first > CHUNK && (first / CHUNK + 1) % LANES) continue; /* so few that they are not rounded much */ \
            for (ptrdiff_t i = 0; i < CHUNK; i += LANES) EACH(j, LANES) mass[j] += p[i + j], change[j] += d[i + j]; \
            EACH(j, CHUNK) p[j] = d[j] = 0.0f; \
        } \
        EACH(j, LANES) P += mass[j], D += change[j]; \
        return D > -0.999 * P ? log1p(D / P) : 0.0; /* else P and Q share next to nothing */ \
    }
CENTRE_IN(centre_of_doubles, double, load)
CENTRE_IN(centre_of_narrow, float, load_narrow)
static Centre centre_of(const Side *a, const Side *b, int64_t n, Range of_a, Range of_b, double unit, int fine) {
    int are_narrow = a->type != FLOAT64 && b->type != FLOAT64 && a->temperature == 1.0 && b->temperature == 1.0;
    double mu = are_narrow ? (float)(of_b.top - of_a.top) : of_b.top - of_a.top;
    mu += are_narrow ? centre_of_narrow(a, b, n, (float)of_a.top, (float)mu, fine) : centre_of_doubles(a, b, n, of_a.top, mu, fine);
    return (Centre){of_a.top, unit > 0.0 ? rint(mu / unit) * unit : mu, 0.0};
}

/* KL, entropy and their sum, the cross-entropy, of logits a from those of b. */
static void direction(const Side *a, const Side *b, int64_t n, Range of_a, Range of_b, Centre by, int wide, int64_t mask,
                      double *kl, double *entropy, double *cross, int64_t *flags) {
    Sums of;
    *kl = *entropy = *cross = NAN;
    for (int pass = 0; pass < 3; pass++) {
        one_way(a, b, n, by, is_within(of_a, of_b, by, -700.0, 600.0), pass || wide, mask, &of);
        double P = total(&of, P_), m = total(&of, D_) / P, S = total(&of, T_) / P, v = m + S;
        *flags |= of.flags;
        if (of.flags & RANGE) return;
        if (WANTS(mask, ENTROPY_P)) {
            double at_top = total(&of, A_);
            *entropy = above(total(&of, HP_) / P + log(at_top) + log1p(total(&of, R_) / at_top), LEAST_VALUE);
        }
        if (!WANTS(mask, FORWARD)) return;
        if (of.flags & ONLY_P) *kl = INFINITY;
        else if (S == 0.0) *kl = are_proportional(a, b, n) ? 0.0 : NAN;
        else if (fabs(v) < 0.4 && fabs(by.mu) <= LARGEST_MU) *kl = log_excess(v) <= TAKEN_OFF * S ? above(S - log_excess(v), LEAST_VALUE) : NAN;
        if (*kl == *kl || !(fabs(by.mu + log1p(v)) <= LARGEST_MU)) break;
        by.mu += log1p(v);
    }
    *cross = *entropy + *kl;
}

/* All sums of `chunk` over masses p = exp(a - top) and q = p·exp(w), with p - q to its own digits. */
static void both_ways(const Side *a, const Side *b, int64_t n, Centre by, int is_plain, int wide, Setting set, int64_t mask, Sums *out) {
    Lanes to;
    double of_a[CHUNK], of_b[CHUNK], p[CHUNK], q[CHUNK], l[CHUNK];
    start(&to);
    for (int64_t first = 0; first < n; first += CHUNK) {
        ptrdiff_t count = n - first < CHUNK ? n - first : CHUNK, m = count;
        const double *x = load(a, first, count, of_a), *y = load(b, first, count, of_b);
        if (count % LANES) padded(of_a, count, by.top), m = padded(of_b, count, by.top + by.mu);
        m = OF_EIGHTS(m);
        if (!is_plain && is_beyond(x, y, m, by, -500.0, 60.0)) EACH(j, m) odd_masses(x[j], y[j], by, p + j, q + j, l + j, &to.flags);
        else {
            to.flags |= SHARED;
            if (wide) EACH(j, m) masses_by(x[j], y[j], by, 1, p + j, q + j, l + j);
            else EACH(j, m) masses_by(x[j], y[j], by, 0, p + j, q + j, l + j);
        }
        for (ptrdiff_t j = count; j < m; j++) p[j] = q[j] = l[j] = 0.0;
        chunk(&to, p, q, l, m, set, mask, 1);
    }
    EACH(j, LANES) to.ends[POSITIVE_P][j] = to.ends[POSITIVE_Q][j] = 1e-249; /* as odd_masses keeps it */
    fold(&to, out);
}
/* As kl_rows, of logits: the totals are the largest logits. */
EXPORT void NAME(kl_logit_rows)(const Side *p, const Side *q, int64_t n, int64_t stride_p, int64_t stride_q, int64_t mask, int64_t first,
                                int64_t last, double *out) {
    const int64_t ours = WANTS(mask, FORWARD) | WANTS(mask, CROSS), theirs = WANTS(mask, REVERSE) | WANTS(mask, REVERSE_CROSS);
    const int64_t own = WANTS(mask, ENTROPY_P) | WANTS(mask, CROSS), other = WANTS(mask, ENTROPY_Q) | WANTS(mask, REVERSE_CROSS);
    for (int64_t row = first; row < last; row++) {
        Side a = row_of(p, row, stride_p), b = row_of(q, row, stride_q);
        double *value = out + row * WIDTH;
        int64_t flags = 0;
        EACH(i, VALUES) value[i] = NAN;
        Range of_p = range_of(&a, n, &flags), of_q = range_of(&b, n, &flags);
        value[VALUES] = of_p.least, value[VALUES + 1] = of_p.top, value[VALUES + 2] = of_q.least, value[VALUES + 3] = of_q.top;
        if (!(flags & NOT_NUMBERS)) {
            int64_t rest = mask >> JS << JS;
            double unit = exact_unit(of_p, of_q);
            if (rest) {
                Setting by = PLAIN;
                Centre at = centre_of(&a, &b, n, of_p, of_q, unit, 1);
                Sums of;
                int again = 1;
                for (int pass = 0; again && pass < PASSES && fabs(at.mu) <= LARGEST_MU; pass++) {
                    both_ways(&a, &b, n, at, is_within(of_p, of_q, at, -500.0, 60.0), pass || unit == 0.0, by, rest, &of);
                    if (of.flags & RANGE) break;
                    again = finish(&of, &by, rest, 0, value, &flags);
                    if (pass == 0 || by.c != 1.0) {
                        Pair mu = minus(at.mu, -log1p(-total(&of, D_) / total(&of, P_)) - at.mu_low);
                        at.mu = mu.high, at.mu_low = mu.low, by = PLAIN;
                    }
                }
                EACH(i, VALUES) /* terms may have underflowed */
                    if (WANTS(rest, i) && value[i] == 0.0 && !are_proportional(&a, &b, n)) value[i] = NAN;
            }
            Centre centre = ours | theirs ? centre_of(&a, &b, n, of_p, of_q, unit, 0) : (Centre){of_p.top, 0.0, 0.0};
            if (ours | own)
                direction(&a, &b, n, of_p, of_q, centre, unit == 0.0, ours << FORWARD | own << ENTROPY_P, value + FORWARD, value + ENTROPY_P, value + CROSS, &flags);
            if (theirs | other) {
                int64_t turned = 0;
                direction(&b, &a, n, of_q, of_p, (Centre){of_q.top, -centre.mu, 0.0}, unit == 0.0, theirs << FORWARD | other << ENTROPY_P, value + REVERSE, value + ENTROPY_Q, value + REVERSE_CROSS, &turned);
                flags |= turned & RANGE;
            }
        }
        value[VALUES + 4] = (double)flags;
    }
}

#ifdef KL_DETECTS /* once in the library */
#ifndef KL_SOURCE
#define KL_SOURCE 0
#endif
EXPORT uint32_t kl_source(void) { return KL_SOURCE; } /* the CRC-32 of this file */

/* 2 on a processor with AVX-512, 1 with AVX2 and FMA, else 0; each that has AVX2 has F16C */
#if defined(_M_X64)
#include <immintrin.h>
#include <intrin.h>
EXPORT int kl_best(void) {
    int one[4], seven[4];
    __cpuid(one, 1), __cpuidex(seven, 7, 0);
    if ((one[2] >> 12 & one[2] >> 27 & one[2] >> 28 & 1) == 0) return 0; /* FMA, OSXSAVE, AVX */
    unsigned long long kept = _xgetbv(0);
    if ((kept & 6) != 6 || !(seven[1] >> 5 & 1)) return 0;
    return (kept & 0xE6) == 0xE6 && (seven[1] >> 16 & seven[1] >> 17 & seven[1] >> 30 & seven[1] >> 31 & 1) ? 2 : 1;
}
#elif defined(__x86_64__)
EXPORT int kl_best(void) {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") ? 2 : 1;
}
#else
EXPORT int kl_best(void) { return 0; }
#endif
#endif
