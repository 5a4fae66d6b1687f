"""Evaluation 评估: the page of a time, and its workbook."""
