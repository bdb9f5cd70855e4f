"""Files of the case-management system on repair: agreements, obligations, payments."""

from __future__ import annotations

from rjeval.simulate.raw_layout import RawFile

FILES: dict[str, RawFile] = {
    "agreement": RawFile(
        file="crm_agreements.csv",
        dates="%m/%d/%Y",
        columns={
            "agreement_id": "Agreement #",
            "referral_id": "Referral #",
            "signed_date": "Date Signed",
            "due_date": "Date Due",
            "closed_date": "Date Closed",
            "status": "Status",
            "modified_count": "Times Changed",
        },
        values={
            "status": {
                "completed": "Completed",
                "partial": "Partly completed",
                "not_completed": "Not completed",
                "no_agreement_reached": "No agreement",
            }
        },
    ),
    "obligation": RawFile(
        file="crm_obligations.csv",
        dates="%m/%d/%Y",
        columns={
            "obligation_id": "Item #",
            "agreement_id": "Agreement #",
            "kind": "Type",
            "amount_owed": "Amount Owed",
            "hours_owed": "Hours Owed",
            "due_date": "Date Due",
            "status": "Status",
            "completed_date": "Date Done",
        },
        values={
            "kind": {
                "apology_written": "Letter of apology",
                "community_service": "Community service",
                "restitution_money": "Restitution",
                "essay": "Essay",
                "counselling": "Counseling",
                "school": "School",
            },
            "status": {
                "completed": "Done",
                "partial": "Partly done",
                "not_completed": "Not done",
            },
        },
        money=("amount_owed",),
    ),
    "payment": RawFile(
        file="crm_payments.csv",
        dates="%m/%d/%Y",
        columns={
            "payment_id": "Payment #",
            "obligation_id": "Item #",
            "paid_date": "Date Paid",
            "amount": "Amount",
            "method": "Paid By",
        },
        money=("amount",),
    ),
}
