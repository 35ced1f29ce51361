"""The contenders' colours, on the screen and on a page: Okabe and Ito's set, in an order that keeps neighbours apart.

Each is darkened or lifted until it can be read on its ground; black, the eighth of the set, is a grey.
Source: M. Okabe, K. Ito, "Color Universal Design" (https://jfly.uni-koeln.de/color/).
"""

ON_LIGHT = ("#0067A5", "#8F5400", "#006B49", "#9E3A76", "#666100", "#B03A0A", "#3D4FB5", "#595959")
ON_DARK = ("#56B4E9", "#E69F00", "#00B386", "#CC79A7", "#F0E442", "#E8743B", "#6A9BE8", "#B8B8B8")
