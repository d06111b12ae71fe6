// Azure Trace for Packing 2020, an SQLite file:
//   vm(vmId, tenantId, vmTypeId, priority, starttime, endtime)        times in days
//   vmType(id, vmTypeId, machineId, core, memory, hdd, ssd, nic)      in parts of the machine
// https://github.com/Azure/AzurePublicDataset, AzureTracesForPacking2020.md
#include <algorithm>

#include <sqlite3.h>

#include "absl/strings/str_cat.h"
#include "sim/files/files.h"
#include "sim/traces/task_trace_readers.h"

namespace drydock::sim {
namespace {

constexpr double kMostDays = 36'500;

struct CloseDatabase {
  void operator()(sqlite3* handle) const { sqlite3_close(handle); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using DatabasePtr = std::unique_ptr<sqlite3, CloseDatabase>;
using StatementPtr = std::unique_ptr<sqlite3_stmt, Finalize>;

// VM types that cannot be on the machine have no row, and their requests are left out.
constexpr char kRequests[] =
    "SELECT vm.vmId, vm.starttime, vm.endtime, t.core, t.memory FROM vm "
    "JOIN vmType AS t ON t.vmTypeId = vm.vmTypeId AND t.machineId = ? "
    "ORDER BY max(vm.starttime, 0), vm.vmId";
constexpr char kCommonestMachine[] =
    "SELECT machineId FROM vmType GROUP BY machineId ORDER BY count(*) DESC, machineId LIMIT 1";

class AzurePacking final : public TaskTrace {
 public:
  AzurePacking(DatabasePtr database, const TaskTraceSpec& spec)
      : spec_(spec), database_(std::move(database)) {}

  absl::Status Begin() {
    int64_t machine = spec_.machine_id.value_or(0);
    if (!spec_.machine_id.has_value()) {
      const absl::StatusOr<StatementPtr> query = Prepare(kCommonestMachine);
      if (!query.ok()) return query.status();
      const int step = sqlite3_step(query->get());
      if (step == SQLITE_DONE) {
        return absl::InvalidArgumentError(
            absl::StrCat(spec_.file, ": vmType: expected at least one row"));
      }
      if (step != SQLITE_ROW) return Failed();
      machine = sqlite3_column_int64(query->get(), 0);
    }
    absl::StatusOr<StatementPtr> requests = Prepare(kRequests);
    if (!requests.ok()) return requests.status();
    requests_ = *std::move(requests);
    sqlite3_bind_int64(requests_.get(), 1, machine);
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<TraceTask>> Next() override {
    const int step = sqlite3_step(requests_.get());
    if (step == SQLITE_DONE) return std::nullopt;
    if (step != SQLITE_ROW) return Failed();
    sqlite3_stmt* const row = requests_.get();
    const int64_t id = sqlite3_column_int64(row, 0);
    const double start = sqlite3_column_double(row, 1);
    const double core = sqlite3_column_double(row, 3);
    const double memory = sqlite3_column_double(row, 4);
    const bool stays = sqlite3_column_type(row, 2) == SQLITE_NULL;
    const double end = stays ? start : sqlite3_column_double(row, 2);
    const auto wrong = [&](absl::string_view what) {
      return absl::InvalidArgumentError(absl::StrCat(spec_.file, ": vm ", id, ": ", what));
    };
    if (!(start >= -kMostDays && start <= kMostDays)) return wrong("starttime: expected days");
    if (!(end >= start && end <= kMostDays)) return wrong("endtime: expected days after starttime");
    if (!(core >= 0 && core <= 1)) return wrong("core: expected a part of a machine, 0 to 1");
    if (!(memory >= 0 && memory <= 1)) return wrong("memory: expected a part of a machine, 0 to 1");
    TraceTask task;
    task.name = absl::StrCat("vm-", id);
    // Who was there before the trace began is there from its beginning.
    const double begins = std::max(start, 0.0);
    task.at = absl::Hours(24) * begins;
    if (!stays) task.runs = absl::Hours(24) * std::max(end - begins, 0.0);
    task.cpu_milli = PartOf(core, spec_.machine_cpu_milli);
    task.memory_bytes = PartOf(memory, spec_.machine_memory_bytes);
    return task;
  }

 private:
  absl::Status Failed() const {
    return absl::InvalidArgumentError(
        absl::StrCat(spec_.file, ": ", sqlite3_errmsg(database_.get())));
  }
  absl::StatusOr<StatementPtr> Prepare(const char* sql) const {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database_.get(), sql, -1, &statement, nullptr) != SQLITE_OK) {
      return Failed();
    }
    return StatementPtr(statement);
  }

  const TaskTraceSpec spec_;
  const DatabasePtr database_;
  StatementPtr requests_;  // Ends before the database does.
};

}  // namespace

absl::StatusOr<std::unique_ptr<TaskTrace>> OpenAzurePacking(const TaskTraceSpec& spec) {
  if (!FileExists(spec.file)) {
    return absl::NotFoundError(absl::StrCat(spec.file, ": No such file or directory"));
  }
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(spec.file.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
  DatabasePtr database(handle);
  if (opened != SQLITE_OK) {
    return absl::InvalidArgumentError(absl::StrCat(spec.file, ": ", sqlite3_errmsg(handle)));
  }
  auto trace = std::make_unique<AzurePacking>(std::move(database), spec);
  if (absl::Status begun = trace->Begin(); !begun.ok()) return begun;
  return trace;
}

}  // namespace drydock::sim
