"""What can be wrong with a model file: the catalogue of codes, one mistake on its way up, and the gathering of several.

Given mistakes one by one; gives one `Rejected` with all of them (at most `MAXIMUM_COMPLAINTS`), in the order of places.
"""

from __future__ import annotations

from types import TracebackType

from tdispmodel.source import Complaint, Rejected

MAXIMUM_COMPLAINTS = 25

CATALOGUE: dict[str, str] = {
    # files and syntax
    "E101": "the file cannot be read",
    "E102": "the file is too large",
    "E103": "the file is not UTF-8 text",
    "E104": "a character that text must not contain",
    "E105": "the text is not Python",
    "E106": "nested too deeply",
    "E107": "too much text for one file",
    "E108": "a statement that a model file must not contain",
    "E109": "a form of import that a model file must not use",
    "E110": "an imported file is not found",
    "E111": "files import one another in a circle",
    "E112": "an imported name does not exist",
    "E113": "the file has no root component",
    "E114": "the file has several root components",
    # names
    "E201": "an unknown name",
    "E202": "a component has no such member",
    "E203": "an enum has no such member",
    "E204": "a name is used before it is defined",
    "E205": "a name is defined twice",
    "E206": "a name that the language does not allow",
    "E207": "two different classes have the same name",
    "E208": "a name stands for something else than is needed here",
    # declarations and types
    "E301": "values of different kinds are compared",
    "E302": "a condition is not a truth value",
    "E303": "an integer is needed",
    "E304": "`is` compares integers",
    "E305": "a value of another kind is assigned or passed",
    "E306": "an integer can never fit the variable's range",
    "E307": "a start value is missing",
    "E308": "a start value does not fit",
    "E309": "an annotation that is no sort of the language",
    "E310": "a range of integers is wrong",
    "E311": "an enum is not a plain list of members",
    "E312": "a class is not a plain component",
    "E313": "a statement that a component must not contain",
    "E314": "a part stands where it cannot",
    "E315": "an inherited member is declared again",
    "E316": "a start value is moved of something that is no variable or constant",
    "E317": "a constant of a part has the name of one of the root",
    "E318": "the branches of an if-expression are of different kinds",
    "E319": "an expression that the language does not have",
    "E320": "an order is asked of values that have none",
    "E321": "the right side of `in` is not a plain list of values",
    "E322": "a call has the wrong arguments",
    "E323": "a generator ranges over something else than parts",
    "E324": "too many of something",
    "E325": "a number is too large",
    "E326": "instances are compared that never can be the same",
    "E327": "a method or function has a form that the language does not have",
    "E328": "a helper calls itself",
    "E329": "a formula grows too large",
    "E330": "a helper returns another kind than it says",
    "E331": "a definition means different things for different components",
    "E399": "the model makes no sense as a whole",
    # actions and patches
    "E401": "a decorator is used wrongly",
    "E402": "a statement that an action must not contain",
    "E403": "a variable is read after it was assigned",
    "E404": "a variable is read that may have been assigned before",
    "E405": "a variable is assigned twice",
    "E406": "something is assigned that is no variable",
    "E407": "a guard reads what its actor cannot see",
    "E408": "something inherited is redefined without saying how",
    "E409": "there is nothing to patch",
    "E410": "a patch and what it patches do not fit",
    "E411": "a restriction holds more than require(...)",
    "E412": "a replacement has no body",
    "E413": "an action has unsuitable parameters",
    "E414": "an action is called, or a procedure used as a value",
    "E415": "a loop does more than assign to its own instance",
    "E416": "a procedure that nothing calls",
    # properties
    "E501": "a property has unsuitable parameters",
    "E502": "leads_to has no premise",
    "E503": "never_endless is asked of states",
    "E504": "a property fixes something that is no constant",
    "E505": "needs(...) does not name Component.member",
    "E506": "two properties have the same name or code",
    "E507": "a property has a code of the wrong form",
    "E508": "a premise is not a condition on one state",
}
"""Every code of the reader with its title; docs/complaints.md says the same and a test compares them."""


class Mistake(Exception):
    """One complaint on its way to the place where reading can go on."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__(complaint.message)
        self.complaint = complaint


class FollowsFromAnother(Exception):
    """Something cannot be read because of a mistake that was already complained about."""


class Mistakes:
    """Gathers mistakes: ``with mistakes: ...`` swallows a `Mistake` inside and goes on after the block."""

    def __init__(self) -> None:
        self.found: dict[Complaint, None] = {}

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if isinstance(fault, Mistake):
            self.add(fault.complaint)
            return True
        return isinstance(fault, FollowsFromAnother)

    def add(self, complaint: Complaint) -> None:
        """Keep a complaint; raises `Rejected` when there are enough of them, or when everything else would follow."""
        self.found[complaint] = None
        if len(self.found) >= MAXIMUM_COMPLAINTS or complaint.code == "E329":
            self.settle()

    def settle(self) -> None:
        """Raise `Rejected` with everything found, in the order of places, if anything was found."""
        if self.found:
            raise Rejected(sorted(self.found, key=lambda complaint: complaint.place))
