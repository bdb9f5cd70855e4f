#!/bin/sh
# Refuses to commit person-level data, reports, keys, and notebooks that still hold outputs.
# Written by rjeval; to use it: git config core.hooksPath .githooks
# RJEVAL_HOOK_TABLES=anywhere refuses tables (CSV, workbooks, Parquet, ...) in every folder;
# RJEVAL_HOOK_TABLES=data only under data/ and reports/.
where=${RJEVAL_HOOK_TABLES:-anywhere}
# The check runs in a pipe, so what it finds comes back as text; names with odd signs come quoted.
found=$(
    git diff --cached --name-only --diff-filter=ACMRT | while IFS= read -r path; do
        case "$path" in
            README.md | */README.md | .gitignore | */.gitignore) continue ;;
        esac
        why=""
        case "/$path" in
            */data/processed/* | */data/.processed-*) why="clean tables or quarantine" ;;
            */reports/*) why="a report" ;;
            */data/raw/*)
                study="${path%%data/raw/*}study.toml"
                git show ":$study" 2>/dev/null | grep -Eq '^[[:space:]]*synthetic[[:space:]]*=[[:space:]]*true' ||
                    why="a raw export"
                ;;
        esac
        if [ -z "$why" ]; then
            case "$path" in
                *.key | *.key\") why="a key" ;;
                *.ipynb)
                    git show ":$path" | grep -q '"output_type"' && why="a notebook with outputs"
                    ;;
                *.parquet | *.feather | *.csv | *.tsv | *.xls | *.xlsx | *.xlsm | *.ods | *.dta | *.sav | *.sas7bdat | *.rds | *.RData | *.docx | *.pdf)
                    [ "$where" = anywhere ] && why="a table or a document"
                    ;;
            esac
        fi
        [ -n "$why" ] && printf '  %s (%s)\n' "$path" "$why"
    done
)
if [ -n "$found" ]; then
    {
        echo "This commit holds what must not leave the study folder:"
        echo "$found"
        echo "Take it out with: git restore --staged FILE"
        echo "Data and reports are shared by rjeval export-microdata, rjeval twin and by hand, never by git."
    } >&2
    exit 1
fi
exit 0
