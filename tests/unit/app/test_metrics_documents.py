"""The page on metrics, the scrape configuration and the alert rules name what is exported, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics.instruments import Instruments
from bot.settings import Settings

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "operations.md").read_text()
ALERTS = yaml.safe_load((DOCS / "hosting" / "alerts.yml").read_text())
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]


def exported() -> set[str]:
    families = text_string_to_metric_families(Instruments().exposition().decode())
    return {f"{family.name}_total" if family.type == "counter" else family.name for family in families}


def test_every_metric_that_is_exported_has_a_row_and_no_other():
    documented = re.findall(r"^\| `(\w+)` \| (?:gauge|counter|histogram)", PAGE, re.MULTILINE)
    assert set(documented) == exported()
    assert len(documented) == len(set(documented))


def test_names_follow_the_conventions():
    for metric in Instruments().described:
        assert re.fullmatch(r"(egret|process)_[a-z_]+", metric.name), metric.name
        assert metric.name.endswith("_total") == (metric.kind == "counter"), metric.name
        assert metric.kind != "histogram" or metric.name.endswith("_seconds"), metric.name
        assert metric.meaning.endswith("."), metric.name


def test_the_alert_rules_ask_for_metrics_and_labels_that_there_are():
    labels = {metric.name: {*metric.labels, "le"} for metric in Instruments().described}
    for rule in RULES:
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["remedy"]
        asked = re.findall(r"(egret_\w+?)(?:_bucket|_count)?\b(?:\{(\w+)=)?", rule["expr"])
        assert asked or rule["alert"] == "EgretDown"
        for name, label in asked:
            assert name in labels, rule["alert"]
            assert not label or label in labels[name], rule["alert"]
    assert len({rule["alert"] for rule in RULES}) == len(RULES) >= 5


def test_what_an_alert_sees_increase_by_one_is_exported_before_it_happens():
    samples = [
        sample
        for family in text_string_to_metric_families(Instruments().exposition().decode())
        for sample in family.samples
    ]
    seldom = [re.search(r"^increase\((\w+)(?:\{(\w+)=\"(\w+)\"\})?\[.*> 0$", rule["expr"]) for rule in RULES]
    wanted = [found.groups() for found in seldom if found is not None]
    assert len(wanted) == 2
    for name, label, value in wanted:
        found = [one for one in samples if one.name == name and (label is None or one.labels[label] == value)]
        assert found, name
        assert all(one.value == 0 for one in found)


def test_the_example_scrapes_the_default_address_and_loads_the_rules():
    example = yaml.safe_load((DOCS / "hosting" / "prometheus.yml").read_text())
    host, port = (Settings.model_fields[name].default for name in ("metrics_host", "metrics_port"))
    (job,) = example["scrape_configs"]
    assert job["static_configs"] == [{"targets": [f"{host}:{port}"]}]
    assert f'up{{job="{job["job_name"]}"}}' in next(rule["expr"] for rule in RULES if rule["alert"] == "EgretDown")
    assert all((DOCS / "hosting" / name).is_file() for name in example["rule_files"])
