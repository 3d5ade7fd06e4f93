"""Exercises handed out, judged from outside, and given back; what strangers wrote never runs beside a mark."""
