"""Reads both exports with others' libraries: the files PROV-JSON and OPENLINEAGE of the command line. Prints what was found."""

import json
import sys

from openlineage.client.generated import base, error_message_run, output_statistics_output_dataset
from openlineage.client.serde import Serde
from prov.model import ProvActivity, ProvAgent, ProvDerivation, ProvDocument, ProvEntity


def read_prov(path: str) -> dict[str, int]:
    document = ProvDocument.deserialize(source=path, format="json")
    again = ProvDocument.deserialize(content=document.serialize(format="json"), format="json")
    if again != document:
        raise ValueError("the document isn't the same after a round trip")
    document.serialize(format="xml")
    document.get_provn()
    kinds = {"entity": ProvEntity, "activity": ProvActivity, "agent": ProvAgent, "wasDerivedFrom": ProvDerivation}
    return {name: len(list(document.get_records(kind))) for name, kind in kinds.items()}


def facets(values: dict, classes: dict) -> dict:
    made = {}
    for name, value in values.items():
        given = {key: one for key, one in value.items() if key != "_schemaURL"}
        made[name] = classes[name](producer=given.pop("_producer"), **given)
    return made


def read_event(event: dict) -> str:
    """Builds the event from the classes that are generated from the specification: they take no other field, and check each."""
    run = event["run"]
    errors = facets(run.get("facets", {}), {"errorMessage": error_message_run.ErrorMessageRunFacet})
    statistics = {"outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet}
    built = base.RunEvent(
        eventType=base.EventType(event["eventType"]),
        eventTime=event["eventTime"],
        run=base.Run(runId=run["runId"], facets=errors),
        job=base.Job(**event["job"]),
        inputs=[base.InputDataset(**one) for one in event["inputs"]],
        outputs=[
            base.OutputDataset(
                namespace=one["namespace"], name=one["name"], outputFacets=facets(one.get("outputFacets", {}), statistics)
            )
            for one in event["outputs"]
        ],
        producer=event["producer"],
    )

    def without_empty(value):
        if isinstance(value, dict):
            return {key: without_empty(one) for key, one in value.items() if one != {}}
        return [without_empty(one) for one in value] if isinstance(value, list) else value

    if without_empty(json.loads(Serde.to_json(built))) != without_empty(event):
        raise ValueError(f"another event than the specification's: {Serde.to_json(built)}")
    return event["eventType"]


def main() -> None:
    prov, events = sys.argv[1:]
    with open(events, encoding="utf-8") as lines:
        types = [read_event(json.loads(line)) for line in lines]
    print(json.dumps({"prov": read_prov(prov), "events": sorted(set(types)), "runs": types.count("START")}))


main()
