"""The run that settles what a concurrent one leaves open: the same plan, in turns, until the order is decided."""

from __future__ import annotations

import math

from msgspec.structs import replace

from httptui.plan.model import Plan
from httptui.plan.schedule import MOST_BLOCKS, blocks_a_round, enough_blocks


def can_be_settled(plan: Plan) -> bool:
    """Whether there is anything to compare under fairer conditions."""
    return plan.schedule.kind == "concurrent" and len(plan.contender) > 1


def settling(plan: Plan) -> Plan:
    """The plan with interleaved turns until its order is decided, in rounds enough that it can be."""
    # A turn that goes through stages is a block of its own and cannot be divided.
    blocks = None if plan.load.stages else plan.schedule.blocks
    schedule = replace(plan.schedule, kind="interleaved", until="decided", blocks=blocks)
    turns = replace(plan, schedule=schedule)
    each, rounds = blocks_a_round(turns), schedule.rounds
    if each * rounds < enough_blocks(plan):
        rounds = math.ceil(MOST_BLOCKS / each)
    return replace(turns, schedule=replace(schedule, rounds=rounds))
