"""What `make bench` runs: each figure beside a limit that was measured in the same run; ratios are the goal."""
