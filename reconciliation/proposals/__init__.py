"""What a bank line most likely stands for, and how sure that is. Pure: it knows no tables."""
