"""Sentences of refused estimates that a report prints, as templates that a language translates.

Errors are English and bring no parts; :func:`rjeval.languages.reading.retell` finds the template
by the words, after counts of people were taken out.
"""

from __future__ import annotations

from rjeval.language import mark

REFUSALS = (
    mark("too few"),
    mark("Too few"),
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
    mark("The costs are of another period than the referrals, so there is no cost per person."),
    mark("A sum of costs is hidden, and a cost per person would give it away."),
    mark("The stage {name} is not among those that this study records."),
    mark("At no stage may the rates of two groups be shown side by side, so none is compared."),
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
    mark(
        "recidivism '{name}' says that durations are given, but the study has no table follow_up."
    ),
    mark("The study has neither the table referral nor follow_up, so there is no cohort."),
    mark("The design compares {n} arms, but no table has the column arm."),
    mark("The population {name} cannot be told: no table says who reached the stage {stage}."),
    mark("recidivism '{name}': none of {n} people has a day at risk under observation."),
    mark(
        "recidivism '{name}' brings durations to the first event, so how often people offended is"
        " not known."
    ),
    mark("No characteristic is named, so nobody has a propensity."),
    mark("Overlap needs two groups in the column {by}, the reference among them."),
    mark(
        "The study has no table records_check, so people without a record cannot be told from "
        "people who were never checked."
    ),
    mark("The clock {clock} needs the column {column} of the table referral, which is not there."),
    mark("Conferences are asked for, but the study has no table session."),
    mark("No cost has an amount and a period, so there is no sum of costs."),
    mark("Dates of this study were shifted, so counts by calendar quarter mean nothing (V34)."),
    mark("No referral has a {when}, so referrals cannot be counted by quarter."),
    mark("{column} differs between people of one case, so meetings cannot be counted by it."),
    mark("The reference group is none of those whose rates were given."),
    mark("The reference group has nobody who reached the stage before."),
    mark("There is no column {by} to count by."),
    mark("There is no column {column}, so {what} cannot be counted."),
    mark("The cohort has no column {column}."),
    mark("The outcome has no column {column}."),
    mark("The formula '{formula}' names {names}, which the data do not have."),
    mark("{name} has {n} values in {rows} rows: an identifier or a free text, and no category."),
    mark("Some of the terms repeat the others: {names}."),
    mark("{n} events for {k} coefficients: Cox regression needs at least {least} per coefficient."),
    mark(
        "Cox regression has no finite estimate for {names}: it separates those with an event from"
        " those without."
    ),
    mark("Cox regression did not converge in {n} steps."),
    mark("The information of the Cox regression is singular."),
    mark("The penalised likelihood did not converge in {n} steps."),
    mark("A profile-likelihood limit was not found."),
    mark("The model has no maximum that could be found."),
    mark("The negative binomial regression did not converge in {n} steps."),
    mark(
        "Some of the rows lack a variable of the model; leaving out more than {share} is refused."
    ),
    mark(
        "Some of the answers lack a variable of the formula; leaving out more than {share} is "
        "refused."
    ),
    mark("Levels of {name} say that people reoffended, so {name} holds the outcome itself."),
    mark(
        "{name} says who completed: those who reoffend early cannot complete, so this comparison "
        "would look like an effect without any."
    ),
    mark(
        "{name} was settled after {start}, so people had to stay free of reoffending to get it "
        "(immortal time)."
    ),
    mark(
        "Events fall on fewer than {n} different days, so how a hazard ratio changes over time "
        "cannot be seen."
    ),
    mark("Turnbull's estimator did not converge."),
    mark("The estimator for checks does not allow delayed entry."),
    mark("{what} the day of each event, but this study knows its interval only."),
    mark("Events are known by interval, so a risk can be given at the ends of intervals only."),
    mark("Nobody is followed beyond the landmark of day {day}, or it is not above 0."),
    mark("Who had completed by day {day} is not known: there is no {column}."),
    mark("Nobody still followed had completed by day {day}."),
    mark(
        "On a street-time clock a fixed window would leave out those held after a reoffence, so "
        "being mature would depend on the outcome."
    ),
    mark("The subgroups of {by} were not declared before the outcomes were seen."),
    mark("No row has a value of {name}."),
    mark("The follow-up data have no column '{name}'."),
    mark("The ratings have no column {name}."),
    mark("Some pairs lack a value of {name}."),
    mark("Some people have several rows for one item and wave, so pairs are not defined."),
    mark("Some people have several rows for this item; they must have one."),
    mark(
        "{names} separates the ratings: among these people it fixes the answer, so its effect has"
        " no finite estimate."
    ),
    mark("The likelihood found no maximum in {n} steps."),
    mark("The community survey has no item {name}."),
    mark("{name} is not a categorical variable of the formula; such are: {names}."),
    mark("Nobody has a score, so nothing can be modelled."),
    mark("{name} must be a category of several levels."),
    mark("The margin is not the one that the design fixed; chosen afterwards, it shows nothing."),
    mark("The choice is fixed by the other variables, so nobody has a counterpart."),
    mark("{who} asked has answered, so there is no non-response to weight for."),
    mark("No survey_invitation table was collected, so nobody knows who was not asked."),
    mark("No survey_invitation table was collected, so it is unknown how many were asked."),
    mark("Neither survey_invitation nor referral has a column {name}."),
    mark(
        "It was recorded of no harmed party who was asked whether they were people or "
        "organisations."
    ),
    mark("Nobody of this role and wave was asked with the version named."),
    mark("{what}; a difference would be that of the question."),
    mark("{what}, so their answers are not pooled."),
    mark("This mean cumulative function does not say how many people its events are of."),
    mark(
        "This {kind} differs from an earlier report's by fewer than {least} people, so the change"
        " would speak of them."
    ),
)
#: Names that stand in such sentences.
NAMES_IN_REFUSALS = (
    mark("paired change"),
    mark("cox"),
    mark("ordinal"),
    mark("logistic"),
    mark("linear"),
    mark("negative_binomial"),
    mark("cox_subgroups"),
    mark("spline"),
    mark("fine_gray"),
    mark("Cox regression uses"),
    mark("A quantile uses"),
    mark("A restricted mean uses"),
    mark("A smooth of hazard ratios uses"),
    mark("the clock started"),
    mark("the landmark"),
    mark("Everybody"),
    mark("Nobody"),
)
