"""Models of others: MonoTransQuest, MetricX-24 and COMET, and the hub that they come from.

Each of the three modules has ``load(info, device, batch_size)``, which gives a `Scorer`. Their
scores are the model's own, brought to 0 to 1; they are not calibrated by mtqa.
"""
