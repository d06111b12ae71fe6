"""Counts the test cases of a Bazel run: summarize_tests.py EVENTS STATUS.

EVENTS is what --build_event_json_file wrote, STATUS the exit code of `bazel test`. Names each failure, then ends
with `N passed, N failed`. A target that does not build, crashes or times out counts as a failure of its own.
"""

import json
import sys
import urllib.parse
import xml.etree.ElementTree

NO_TESTS = 4  # Bazel's exit code when everything was built and no test was asked for.


def read_events(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def test_cases(uri):
    """Returns the names of the cases that passed and of those that failed, as the test's XML report has them."""
    path = urllib.parse.unquote(urllib.parse.urlparse(uri).path)
    try:
        root = xml.etree.ElementTree.parse(path).getroot()
    except (OSError, xml.etree.ElementTree.ParseError):
        return [], []
    passed, failed = [], []
    for case in root.iter("testcase"):
        name = ".".join(part for part in (case.get("classname"), case.get("name")) if part)
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
        elif case.get("status") != "notrun" and case.find("skipped") is None:
            passed.append(name)
    return passed, failed


def summarize(events):
    """Returns the number of passed cases and the names of failed ones."""
    last_attempts, not_built = {}, []
    for event in events:
        identity = event.get("id", {})
        if "testResult" in event:
            key = identity["testResult"]
            last_attempts[(key["label"], key.get("run"), key.get("shard"))] = event["testResult"]
        elif "targetCompleted" in identity:
            label = identity["targetCompleted"]["label"]
            if not event.get("completed", {}).get("success"):
                not_built.append(label)

    passed_count, failures = 0, []
    for (label, _, _), result in sorted(last_attempts.items(), key=str):
        passed, failed = [], []
        for output in result.get("testActionOutput", []):
            if output.get("name") == "test.xml":
                passed, failed = test_cases(output["uri"])
        passed_count += len(passed)
        failures += [f"{label} {name}" for name in failed]
        if result.get("status") not in ("PASSED", "FLAKY") and not failed:
            failures.append(f"{label} {result.get('status', 'did not finish')}")

    tested = {label for label, _, _ in last_attempts}
    failures += [f"{label} did not build" for label in sorted(set(not_built)) if label not in tested]
    return passed_count, failures


def main():
    events_path, bazel_status = sys.argv[1], int(sys.argv[2])
    try:
        passed, failures = summarize(read_events(events_path))
    except (OSError, json.JSONDecodeError) as error:
        passed, failures = 0, [f"the build's event file is unusable: {error}"]
    if bazel_status not in (0, NO_TESTS) and not failures:
        failures.append(f"bazel ended with {bazel_status}")
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{passed} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
