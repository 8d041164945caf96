"""What a family is: parameters and their domains, binding of arguments, behaviour of tails."""
