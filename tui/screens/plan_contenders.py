"""What the matrix and the list of contenders do to the plan in the form."""

from __future__ import annotations

from textual import on
from textual.widgets import Input, Static

from httptui.safe_text import safe_text
from httptui.tui.forms import combinations
from httptui.tui.forms.state import MORE, FormState, contender_state, with_folding, with_override
from httptui.tui.screens.plan_form import PlanForm
from httptui.tui.widgets.contender_list import ContenderList, ContenderRow
from httptui.tui.widgets.matrix import ContenderMatrix


class PlanContenders(PlanForm):
    """The form, with its contenders ticked, overridden, moved and copied."""

    @on(ContenderMatrix.Ticked)
    def _ticked_cell(self, event: ContenderMatrix.Ticked) -> None:
        self._toggle(event.engine, event.column)

    @on(ContenderMatrix.Duplicated)
    def _doubled_cell(self, event: ContenderMatrix.Duplicated) -> None:
        indexes = combinations.ticked(self.state, event.engine, event.column)
        if indexes:
            self._duplicate(indexes[-1])
        else:
            self._toggle(event.engine, event.column)

    @on(ContenderMatrix.Opened)
    def _opened_cell(self, event: ContenderMatrix.Opened) -> None:
        """Go to the contender's own values; a cell that is not ticked is ticked by the same key."""
        cell = event.engine, event.column
        if combinations.ticked(self.state, *cell) or self._toggle(*cell):
            self._attend(combinations.ticked(self.state, *cell)[0], event.attribute)

    @on(ContenderMatrix.Pointed)
    def _pointed_cell(self, event: ContenderMatrix.Pointed) -> None:
        """Keep in sight what the matrix's headings, which scroll away, say of the cell."""
        line = self.query_one("#plan-cell", Static)
        line.update(event.words)
        line.display = bool(event.words)

    @on(ContenderMatrix.Refused)
    def _refused_cell(self, event: ContenderMatrix.Refused) -> None:
        self.notify(safe_text(event.reason), severity="warning", markup=False)

    @on(ContenderRow.Edited)
    def _overrode(self, event: ContenderRow.Edited) -> None:
        if event.index < len(self.state.contenders):
            self._take(with_override(self.state, event.index, event.attribute, event.text))

    @on(ContenderRow.Acted)
    def _acted(self, event: ContenderRow.Acted) -> None:
        if event.index >= len(self.state.contenders):
            return
        if event.deed == "duplicate":
            self._duplicate(event.index)
        elif event.deed == "remove":
            self._take(combinations.remove(self.state, event.index))
        elif event.deed == "fold":
            self._fold(event.index)
        else:
            by = -1 if event.deed == "up" else 1
            self._take(combinations.move(self.state, event.index, by))
            self.query_one(ContenderList).focus_row(
                min(max(event.index + by, 0), len(self.state.contenders) - 1)
            )

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        if event.input.id == "plan-own" and event.value.strip():
            own = contender_state(event.value.strip())
            if self._take_or_say_full(combinations.add(self.state, own)):
                event.input.value = ""
        else:
            self.focus_next()

    def _fold(self, index: int) -> None:
        """Show all of a contender, and go there; or only its row, where the cursor then is, too."""
        if self.state.contenders[index].unfolded:
            self._take(with_folding(self.state, index, unfolded=False))
            self.query_one(ContenderList).focus_row(index)
        else:
            self._attend(index, MORE[0])

    def _attend(self, index: int, attribute: str) -> None:
        """Put the cursor into one of a contender's values, unfolding its row where that is needed."""
        if attribute in MORE:
            self._take(with_folding(self.state, index, unfolded=True))
        self.query_one(ContenderList).focus_row(index, attribute)

    def _toggle(self, engine: str, column: combinations.Column) -> bool:
        return self._take_or_say_full(combinations.toggle(self.state, engine, column, self._every()))

    def _duplicate(self, index: int) -> None:
        self._take_or_say_full(combinations.duplicate(self.state, index))

    def _take_or_say_full(self, state: FormState) -> bool:
        """Take a state that has one contender more or fewer; one that is as before had no room for it."""
        if state == self.state:
            self.notify(f"A plan has at most {combinations.MOST_CONTENDERS} contenders.", severity="warning")
            return False
        self._take(state)
        return True
