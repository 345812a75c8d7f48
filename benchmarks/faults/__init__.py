"""What faults do to Luna, in figures: one module per fault, each with `measure(stage)`."""
