// Reads typed fields out of a YAML tree, strictly: the first error is kept, with
// file, line, column and field; a field that nobody asked for is an error too.
//
//   Errors errors("quickstart.yaml");
//   ObjectReader spec(errors, tree, "spec");
//   const int zones = spec.Int("zones", 1, 1, 26);
//   spec.Finish();
//   if (!errors.status().ok()) ...
#ifndef DRYDOCK_SIM_SCENARIO_READER_H_
#define DRYDOCK_SIM_SCENARIO_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "sim/scenario/distribution.h"
#include "src/api/codec/tree.h"

namespace drydock::sim {

class Errors {
 public:
  explicit Errors(std::string file) : file_(std::move(file)) {}

  // "FILE:LINE:COLUMN: PATH: MESSAGE". Only the first is kept.
  void Add(const api::Value& at, absl::string_view path, absl::string_view message);
  void Expected(const api::Value& at, absl::string_view path, absl::string_view what);
  const absl::Status& status() const { return status_; }
  const std::string& file() const { return file_; }

 private:
  const std::string file_;
  absl::Status status_;
};

// "spec.faults[3]".
std::string IndexPath(const std::string& path, size_t i);

// Reports fields that stand twice in one object, anywhere in `tree`.
void CheckDuplicates(Errors& errors, const api::Value& tree, const std::string& path);

absl::Duration ReadDuration(Errors& errors, const api::Value& value, const std::string& path);
int64_t ReadQuantity(Errors& errors, const api::Value& value, const std::string& path);

class ObjectReader;

// apiVersion, kind and metadata of a file of ours. Gives the name, which becomes part of a
// folder's.
std::string ReadHead(Errors& errors, ObjectReader& top, absl::string_view kind);

// What a distribution is over.
enum class Unit : uint8_t { kNumber, kDuration };
Distribution ReadDistribution(Errors& errors, const api::Value& value, const std::string& path,
                              Unit unit);

class ObjectReader {
 public:
  // `value` may be null: then every field is absent. `errors` and `value` outlive it.
  ObjectReader(Errors& errors, const api::Value* value, std::string path);

  bool present() const { return value_ != nullptr; }
  const api::Value& value() const { return *value_; }
  const std::string& path() const { return path_; }
  std::string PathOf(absl::string_view field) const;

  // Null when absent, or null in the file.
  const api::Value* Find(absl::string_view field);
  // The same, but an error when it is absent.
  const api::Value* Need(absl::string_view field);
  ObjectReader Object(absl::string_view field);

  std::string String(absl::string_view field, std::string otherwise);
  int64_t Int(absl::string_view field, int64_t otherwise, int64_t low, int64_t high);
  double Number(absl::string_view field, double otherwise, double low, double high);
  bool Bool(absl::string_view field, bool otherwise);
  absl::Duration Duration(absl::string_view field, absl::Duration otherwise);
  std::vector<std::pair<std::string, std::string>> StringMap(absl::string_view field);
  std::vector<std::string> StringList(absl::string_view field);
  // The items of a list; none when it is absent.
  std::vector<const api::Value*> Items(absl::string_view field);
  // The one field of `names` that is there; an error when there is none or several.
  std::string OneOf(const std::vector<std::string>& names);

  // Reports fields that were not asked for.
  void Finish();

 private:
  Errors& errors_;
  const api::Value* value_;
  const std::string path_;
  std::vector<std::string> known_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_SCENARIO_READER_H_
