"""Sentences of refused estimates that a report prints, as templates that a language translates.

Errors are English and bring no parts; :func:`rjeval.languages.reading.retell` finds the template
by the words, after counts of people were taken out.
"""

from __future__ import annotations

from rjeval.language import mark

REFUSALS = (
    mark("too few"),
    mark("There is one group only, so there is nothing to compare."),
    mark("{by} has one group only, so there is nothing to compare."),
    mark("{by} has one level only, so there is nothing to compare."),
    mark("Nobody has the event, so there is no rate to model."),
    mark("Nobody has the event, so there is nothing to model."),
    mark("Nobody has the event, so groups cannot be compared."),
    mark("Events lie too close together in time for a smooth over time."),
    mark("None of the rates asked for can be given: {why}"),
    mark(
        "The data do not say how long each person could have been followed, so nobody is known to "
        "be mature for a fixed window."
    ),
    mark(
        "Rates by {by} cannot be compared where one of them cannot be given: each group and "
        "window needs at least {least} mature people, and records checked for at least {share} of "
        "them."
    ),
    mark("Follow-up of {by} '{group}' ends before day {day}."),
    mark("There is no outcome to contrast."),
    mark("No scenario can be given: {why}"),
    mark("A group has too few mature or checked people."),
    mark("Levels of incidents were not recorded."),
    mark("Nobody has a second incident, so the records seem to hold the first only."),
    mark("Harm weights of incidents were not recorded."),
    mark("No measure can be given: {why}"),
    mark("There is no interaction test: the model has no subgroups."),
    mark(
        "An arm within a group of {by} has fewer than {people} people or fewer than {events} "
        "events, so effects within these groups are not given."
    ),
    mark("There is nobody in the follow-up data."),
    mark("No row is complete for the formula '{formula}'."),
    mark("{name} has one value only among the complete rows, so it explains nothing."),
    mark("horizon_days is {days}, but follow-up of the shortest-followed group ends earlier."),
    mark("The two waves share no item, or their categories differ."),
    mark("Fewer than {least} people answered both times."),
    mark("Fewer than {least} people answered both times in some group."),
    mark("None of {items} was asked both before and after."),
    mark("All answers fall into one category, so no regression can tell them apart."),
    mark("{n} answers cannot carry {needed} parameters."),
    mark("The model with a random intercept found no maximum; the groups may hardly differ."),
    mark(
        "{n} groups of {group} are too few for a spread between groups; at least {least} are "
        "needed."
    ),
    mark("The item named was not asked of this role."),
    mark("Nobody answered this item, so nothing can be modelled."),
    mark("Nobody was asked this item in any group, so nothing is shared out."),
    mark("No harmed party who was asked has the standing {standing}."),
    mark(
        "Fewer than half of the people compared by {by} have a counterpart that is alike in the "
        "other variables, so no adjusted difference is given."
    ),
    mark("Everybody who could be asked was asked, so there are no reasons to count."),
    mark("No survey_invitation table was collected, so response rates have no denominator."),
    mark("Two categories have one cut, so no effect can differ between cuts."),
    mark("All rows belong to one cluster, so a cluster-robust variance cannot be formed."),
    mark("A trend needs at least two waves."),
    mark("Of some answers it is unknown how they were sampled."),
    mark(
        "The kind of sample changes between waves, so differences would be those of who was asked."
    ),
    mark("Convenience samples speak for themselves alone, so they carry no trend."),
    mark("No obligation to pay money has an amount, so restitution has no total."),
    mark("There is no date of referral, so referrals cannot be counted by quarter."),
    mark("No table says which stages people reached, so there is no funnel."),
    mark("This study did not collect the table {name}."),
    mark("A group has too few people for a histogram of its propensities."),
    mark(
        "The {model} model has {parameters} parameters and leaves fewer than {least} residual "
        "degrees of freedom."
    ),
    mark("The {model} model rests on fewer than {least} people."),
    mark(
        "The {model} model rests on fewer than {least} people with the event, or fewer than "
        "{least} without it."
    ),
    mark(
        "The {model} model is saturated: it has a parameter for each combination of its "
        "categories, so it is a table of small cells."
    ),
    mark(
        "Hazard ratios over time rest on fewer than {least} people with or without the event, or "
        "leave fewer than {df} degrees of freedom."
    ),
    mark("Of hazard ratios over time no day is left that enough events stand before and after."),
)
