"""Rules about engineering: what a program can't run or an operator can't see."""
