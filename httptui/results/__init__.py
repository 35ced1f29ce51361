"""Results of a run: snapshot, report, histograms, scaling laws and judgement."""
