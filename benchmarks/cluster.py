"""A real Spark cluster on loopback, whose worker is killed in the middle: `kl drift` must give the counts of duckdb.

    PYTHON benchmarks/cluster.py [--connect] [--rows 1000000] [--no-kill]

PYTHON needs klcli with duckdb and pyspark (for --connect pyspark[connect]) and psutil; Java 17 is on the path. A
Master and two Workers (1 core, 768 MB each) run as processes, with a classic driver, or a Connect server as the driver
and this process as its client. Prints JSON; the exit code is 0 if the counts are
the same, 1 if not, 2 if no cluster came up.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from engines_agree import counts_of

FAST = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # a short job never repays the better compiler
SETTINGS = {
    "spark.executor.memory": "512m", "spark.executor.cores": "1", "spark.cores.max": "2",
    "spark.sql.shuffle.partitions": "2", "spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.extraJavaOptions": FAST,
    "spark.executor.extraJavaOptions": FAST, "spark.sql.codegen.wholeStage": "false",
    "spark.ui.showConsoleProgress": "false",
}  # fmt: skip


def free_port():
    """Returns a port that nobody listens to."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait(condition, what, seconds=180):
    """Returns the value of a condition once it is true; ends the process if it is not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = condition()
            if found:
                return found
        except OSError:
            pass
        time.sleep(0.1)
    print(f"{what} did not come up within {seconds} s", file=sys.stderr)
    raise SystemExit(2)


def make_data(folder, rows):
    """Writes Parquet files of two tables, eight each."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    for side, seed, shift in (("ref", 1, 0.0), ("cur", 2, 0.1)):
        rng = np.random.default_rng(seed)
        (folder / side).mkdir()
        for part in range(8):
            n = rows // 8
            x = rng.normal(shift, 1, n).round(4)
            x[rng.random(n) < 0.01] = np.nan
            table = pa.table({
                "x": pa.array(x, mask=rng.random(n) < 0.02, from_pandas=False),
                "n": rng.poisson(5, n),
                "id": rng.integers(2**53 - 9, 2**53 + 9, n),
                "word": [f"w{k}" for k in np.minimum(rng.zipf(1.5, n), 5000)],
                "flag": rng.random(n) < 0.3 + shift,
            })  # fmt: skip
            pq.write_table(table, folder / side / f"{part}.parquet")


class Cluster:
    """A master and two workers, each a process of its own."""

    def __init__(self, folder):
        import pyspark

        self.folder, self.home = folder, Path(pyspark.__file__).parent
        self.port, self.ui, self.processes = free_port(), free_port(), {}
        self.environment = os.environ | {
            "SPARK_HOME": str(self.home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost",
            "SPARK_NO_DAEMONIZE": "1", "SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": FAST,
            "SPARK_WORKER_DIR": str(folder / "work"), "SPARK_LOCAL_DIRS": str(folder), "PYSPARK_PYTHON": sys.executable,
        }  # fmt: skip
        os.environ.update(self.environment)
        master = "org.apache.spark.deploy.master.Master"
        self.start("master", master, "--host", "127.0.0.1", "--port", self.port, "--webui-port", self.ui)
        for at in (1, 2):
            worker = "org.apache.spark.deploy.worker.Worker"
            self.start(f"worker{at}", worker, "--host", "127.0.0.1", "--webui-port", free_port(), "--cores", 1,
                       "--memory", "768m", f"spark://127.0.0.1:{self.port}")  # fmt: skip

    def start(self, name, *words, program="spark-class", **more):
        """Starts a process of the cluster."""
        with open(self.folder / f"{name}.log", "wb") as log:
            command = [self.home / "bin" / program, *map(str, words)]
            self.processes[name] = subprocess.Popen(
                command, env=self.environment | more, stdout=log, stderr=log, start_new_session=True
            )

    def workers(self):
        """Returns the workers that the master knows."""
        return json.load(urllib.request.urlopen(f"http://127.0.0.1:{self.ui}/json/", timeout=2))["workers"]

    def connect_server(self):
        """Starts a Connect server, and returns its address."""
        port = free_port()
        settings = SETTINGS | {"spark.connect.grpc.binding.port": str(port)}
        flags = [word for key, value in settings.items() for word in ("--conf", f"{key}={value}")]
        self.start("connect", "--master", f"spark://127.0.0.1:{self.port}", "--class",
                   "org.apache.spark.sql.connect.service.SparkConnectServer", *flags, "spark-internal",
                   program="spark-submit", SPARK_DAEMON_MEMORY="640m")  # fmt: skip
        wait(lambda: socket.create_connection(("127.0.0.1", port), 1), "Spark Connect")
        return f"sc://127.0.0.1:{port}"

    def kill_worker(self):
        """Kills the first worker and its executor with signal 9."""
        import psutil

        worker = psutil.Process(self.processes["worker1"].pid)
        for each in [*worker.children(recursive=True), worker]:
            each.kill()

    def stop(self):
        """Ends all processes of the cluster."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)


def counted(words):
    """Returns what `kl drift` counts in two tables."""
    from klcli.runs.drift.run import drift
    from klcli.sources.drift.settings import DriftSettings
    from klcli.sources.tables.open_table import open_table

    tables = [open_table(word) for word in words]
    try:
        return counts_of(drift(*tables, DriftSettings()))
    finally:
        for table in tables:
            table.close()


def run(options, folder):
    """Returns the exit code of the trial."""
    from pyspark.sql import SparkSession

    from klcli.engines.spark.engine import Spark

    started = time.monotonic()
    report = {"mode": "connect" if options.connect else "classic", "rows": options.rows, "killed": not options.no_kill}
    cluster = Cluster(folder)
    try:
        make_data(folder, options.rows)
        wait(lambda: sum(each["state"] == "ALIVE" for each in cluster.workers()) == 2, "two workers")
        if options.connect:
            builder = SparkSession.builder.remote(cluster.connect_server())
        else:
            builder = SparkSession.builder.master(f"spark://127.0.0.1:{cluster.port}")
            for key, value in SETTINGS.items():
                builder = builder.config(key, value)
        builder.getOrCreate()
        report["session_s"] = round(time.monotonic() - started, 1)
        asked = []
        rows = Spark.rows

        def counting(self, sql):
            asked.append(sql)
            if len(asked) == 6 and not options.no_kill:
                threading.Timer(0.5, cluster.kill_worker).start()  # when its executor has taken tasks
            found = rows(self, sql)
            report["rows_moved"] = report.get("rows_moved", 0) + len(found)
            return found

        Spark.rows = counting
        begun = time.monotonic()
        found = counted([f"spark:{folder}/{side}" for side in ("ref", "cur")])
        report["job_s"], report["queries"] = round(time.monotonic() - begun, 1), len(asked)
        expected = counted([f"{folder}/{side}/*.parquet" for side in ("ref", "cur")])
        report["workers"] = sorted(each["state"] for each in cluster.workers())
        report["same"] = found == expected
        print(json.dumps(report), flush=True)
        if not report["same"]:
            for name, cells in expected.items():
                if cells != found[name]:
                    print(name, "\n ", found[name], "\n ", cells, file=sys.stderr)
        return 0 if report["same"] else 1
    finally:
        cluster.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--connect", action="store_true")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--no-kill", action="store_true")
    folder = Path(tempfile.mkdtemp(prefix="kl-cluster-"))
    try:
        code = run(parser.parse_args(), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.flush()
    os._exit(code)  # without waiting for a JVM whose executors are gone
