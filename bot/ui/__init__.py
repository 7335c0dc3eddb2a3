"""Everything a person sees: cards, results, buttons, lists and the wording of every sentence."""
