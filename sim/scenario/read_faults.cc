// What breaks: one reader for each form of fault.
#include "absl/strings/str_cat.h"
#include "sim/scenario/sections.h"

namespace drydock::sim {
namespace {

using api::Value;

constexpr absl::Duration kNever = absl::InfiniteDuration();

PowerOffFault ReadPowerOff(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  PowerOffFault fault;
  fault.machines = reader.StringList("machines");
  fault.random_nodes = static_cast<int>(reader.Int("randomNodes", 0, 1, 1'000'000));
  fault.zone = reader.String("zone", "");
  reader.OneOf({"machines", "randomNodes", "zone"});
  reader.Finish();
  return fault;
}

CrashFault ReadCrash(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  CrashFault fault;
  reader.Need("process");
  fault.process = reader.String("process", "");
  fault.machine = reader.String("machine", "");
  fault.random_nodes = static_cast<int>(reader.Int("randomNodes", 0, 1, 1'000'000));
  if (fault.process == "kubelet") {
    reader.OneOf({"machine", "randomNodes"});
  } else if (fault.process == "scheduler" || fault.process == "controller-manager") {
    for (const char* field : {"machine", "randomNodes"}) {
      if (const Value* const found = reader.Find(field)) {
        errors.Add(*found, reader.PathOf(field), "is for kubelets; others crash on the masters");
      }
    }
  } else if (const Value* const process = reader.Find("process")) {
    errors.Expected(*process, reader.PathOf("process"), "kubelet, scheduler or controller-manager");
  }
  reader.Finish();
  return fault;
}

}  // namespace

FaultItem ReadFault(Errors& errors, const Value& value, const std::string& path) {
  ObjectReader reader(errors, &value, path);
  FaultItem item;
  reader.Need("at");
  item.at = reader.Duration("at", absl::ZeroDuration());
  const absl::Duration lasts = reader.Duration("for", kNever);
  if (lasts != kNever) item.lasts = lasts;
  const std::string kind = reader.OneOf({"powerOff", "crash", "partition", "network"});
  if (kind == "powerOff") {
    item.fault = ReadPowerOff(errors, *reader.Find(kind), reader.PathOf(kind));
  } else if (kind == "crash") {
    item.fault = ReadCrash(errors, *reader.Find(kind), reader.PathOf(kind));
  } else if (kind == "partition") {
    ObjectReader partition = reader.Object(kind);
    partition.Need("from");
    partition.Need("to");
    item.fault = PartitionFault{partition.String("from", ""), partition.String("to", ""),
                                partition.Bool("oneWay", false)};
    partition.Finish();
  } else if (kind == "network") {
    ObjectReader network = reader.Object(kind);
    item.fault = NetworkDegradation{network.Number("loss", 0, 0, 1),
                                    network.Duration("extraLatency", absl::ZeroDuration())};
    network.Finish();
  }
  reader.Finish();
  return item;
}

}  // namespace drydock::sim
