// The runs of a study that are finished: an SQLite file, `study.sqlite` in the study's
// folder, each run committed as it ends. A study that was interrupted goes on with what
// is not there.
//
//   study(key, value)                                    what the runs are of
//   cells(number, label, seed, held, digest, results)    results: the run's results.json
#ifndef DRYDOCK_SIM_COMPARE_RESULT_DATABASE_H_
#define DRYDOCK_SIM_COMPARE_RESULT_DATABASE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sqlite3.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace drydock::sim {

// What the runs depend on, by what it is ("the scenario"), in the order in which
// differences are reported.
using StudyFacts = std::vector<std::pair<std::string, std::string>>;

struct FinishedCell {
  std::string label;
  uint64_t seed = 0;
  bool held = true;
  std::string digest;
  std::string results;  // JSON.
};

class ResultDatabase {
 public:
  // Opens or makes the file, for this process alone. An error says which of `facts` is not
  // what the file's runs are of; `fresh` drops those runs instead.
  static absl::StatusOr<std::unique_ptr<ResultDatabase>> Open(const std::string& path,
                                                              const StudyFacts& facts, bool fresh);
  ResultDatabase(const ResultDatabase&) = delete;
  ResultDatabase& operator=(const ResultDatabase&) = delete;
  ~ResultDatabase();

  // On disk when it returns.
  absl::Status Put(size_t number, const FinishedCell& cell);
  absl::StatusOr<std::map<size_t, FinishedCell>> All();

 private:
  explicit ResultDatabase(std::string path) : path_(std::move(path)) {}

  absl::Status Execute(const std::string& sql);
  absl::Status Lock();
  absl::Status CheckFacts(const StudyFacts& facts);
  absl::Status PutFacts(const StudyFacts& facts);
  absl::Status Failed(const std::string& what);

  const std::string path_;
  sqlite3* handle_ = nullptr;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_COMPARE_RESULT_DATABASE_H_
