"""HdrHistogram's bucket scheme at three significant digits, over nanoseconds, as pure functions.

Source: G. Tene, HdrHistogram (http://hdrhistogram.org): 2048 sub-buckets, of which every bucket but the first uses
the upper half, so that a bucket is never wider than 1/1024 of its values. The range is 1 ns to over an hour; the
middle of a bucket is within 0.05 % of the value. Histograms are merged by adding their counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

SUB_BUCKETS = 2048
HALF = SUB_BUCKETS // 2
HALF_BITS = HALF.bit_length() - 1
HIGHEST_NS = 2**42


def bucket_of(nanoseconds: int) -> int:
    """Return the index of the bucket that counts a value, clamped to 0 … about 73 minutes."""
    value = min(max(nanoseconds, 0), HIGHEST_NS)
    shift = max(value.bit_length() - HALF_BITS - 1, 0)
    return (shift << HALF_BITS) + (value >> shift)


def histogram_of(values: Sequence[int]) -> Counter[int]:
    """Count the values, in nanoseconds, by bucket: the same as `bucket_of` for each, but much faster."""
    if not values:
        return Counter()
    if min(values) < HALF or max(values) > HIGHEST_NS:
        return Counter(map(bucket_of, values))
    # Within this range no value needs the clamp, so no function is called for it.
    bits, half_bits = HALF_BITS + 1, HALF_BITS
    return Counter(
        [((shift := value.bit_length() - bits) << half_bits) + (value >> shift) for value in values]
    )


def bounds_of(index: int) -> tuple[int, int]:
    """Return a bucket's lowest value and that of the next bucket, in nanoseconds."""
    if index < SUB_BUCKETS:
        return index, index + 1
    shift = (index >> HALF_BITS) - 1
    low = (index - (shift << HALF_BITS)) << shift
    return low, low + (1 << shift)
