"""Quality estimation: encoder and heads, loading, calibration, training, evaluation."""
