// Operations of a workload template, read with one workload's parameters.
#ifndef DRYDOCK_SIM_PERF_OP_READER_H_
#define DRYDOCK_SIM_PERF_OP_READER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sim/perf/perf_file.h"
#include "sim/scenario/reader.h"
#include "src/api/codec/tree.h"

namespace drydock::sim {

// A workload's parameters. Each must be used.
class PerfParams {
 public:
  // `params` may be null, and outlives this. `workload` stands in messages.
  PerfParams(Errors& errors, const api::Value* params, std::string path, std::string workload);

  // What "$name" stands for, marked as used. Null after an error, which is reported at `at`.
  const api::Value* Resolve(const api::Value& at, const std::string& path);
  // Reports those that nothing used.
  void Finish();

 private:
  Errors& errors_;
  const api::Value* const params_;
  const std::string path_;
  const std::string workload_;
  std::vector<std::string> used_;
};

// `default_pod` is the path of the test case's defaultPodTemplatePath, or empty.
PerfOp ReadOp(Errors& errors, const api::Value& value, const std::string& path, size_t index,
              PerfParams& params, const std::string& default_pod);

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_PERF_OP_READER_H_
