#include "src/api/patch/json_patch.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "src/rt/status_macros.h"

namespace drydock::api {
namespace {

using ::absl::string_view;

// As the API server limits it.
constexpr size_t kMostOperations = 10'000;
// Copies of copies double the document; nothing real comes near.
constexpr size_t kMostCopiedValues = 1'000'000;

absl::Status Malformed(string_view what) { return absl::InvalidArgumentError(what); }
absl::Status DoesNotApply(string_view what) { return absl::FailedPreconditionError(what); }

// A JSON pointer (RFC 6901) as its tokens; the empty pointer is the whole document.
absl::Status ParsePointer(string_view pointer, std::vector<std::string>* tokens) {
  tokens->clear();
  if (pointer.empty()) return absl::OkStatus();
  if (pointer[0] != '/') {
    return Malformed(absl::StrCat("the path \"", pointer, "\" does not begin with /"));
  }
  for (const string_view token : absl::StrSplit(pointer.substr(1), '/')) {
    tokens->push_back(absl::StrReplaceAll(token, {{"~1", "/"}, {"~0", "~"}}));
  }
  return absl::OkStatus();
}

// The index that `token` is in a list of `size`; "-" and `size` itself mean the place after the
// last where `may_append`. Negative indices count from the end: no part of the RFC, but the library
// that kube-apiserver uses knows them.
bool ParseIndex(string_view token, size_t size, bool may_append, size_t* index) {
  if (token == "-") {
    *index = size;
    return may_append;
  }
  const bool from_end = absl::ConsumePrefix(&token, "-");
  const bool canonical = !token.empty() && token.find_first_not_of("0123456789") == token.npos &&
                         (token[0] != '0' || (token.size() == 1 && !from_end));
  if (!canonical || !absl::SimpleAtoi(token, index)) return false;
  if (from_end) {
    const size_t places = size + (may_append ? 1 : 0);
    if (*index > places) return false;
    *index = places - *index;
    return true;
  }
  return *index < size || (may_append && *index == size);
}

Value* Step(Value* value, const std::string& token) {
  if (value->is_object()) return value->Find(token);
  size_t index;
  if (!value->is_array() || !ParseIndex(token, value->items().size(), false, &index)) {
    return nullptr;
  }
  return &value->items()[index];
}

size_t CountValues(const Value& value) {
  size_t count = 1;
  for (const Value& item : value.items()) count += CountValues(item);
  for (const Value::Member& member : value.members()) count += CountValues(member.value);
  return count;
}

class Patcher {
 public:
  explicit Patcher(Value* document) : document_(document) {}

  absl::Status Apply(const Value& operation) {
    if (!operation.is_object()) return Malformed("an operation is not an object");
    RETURN_IF_ERROR(Text(operation, "op", &op_));
    RETURN_IF_ERROR(Text(operation, "path", &path_));
    RETURN_IF_ERROR(ParsePointer(path_, &tokens_));
    if (op_ == "remove") return Remove(path_, tokens_);
    if (op_ == "move" || op_ == "copy") return MoveOrCopy(operation);
    const Value* const value = operation.Find("value");
    if (op_ != "add" && op_ != "replace" && op_ != "test") {
      return DoesNotApply(absl::StrCat("unexpected operation \"", op_, "\""));
    }
    if (value == nullptr) {
      return Malformed(absl::StrCat("the operation \"", op_, "\" on ", path_, " has no value"));
    }
    if (op_ == "add") return Add(*value);
    Value* const found = Find(tokens_);
    // What is not there is as good as null to a test.
    if (found == nullptr && op_ == "test" && value->is_null()) return absl::OkStatus();
    if (found == nullptr) return Missing(path_);
    if (op_ == "replace") {
      *found = *value;
      return absl::OkStatus();
    }
    if (*found == *value) return absl::OkStatus();
    return DoesNotApply(absl::StrCat("testing value ", path_, " failed"));
  }

 private:
  static absl::Status Text(const Value& operation, const char* name, std::string* text) {
    const Value* const value = operation.Find(name);
    if (value == nullptr || !value->is_string()) {
      return Malformed(absl::StrCat("an operation has no ", name));
    }
    *text = value->text();
    return absl::OkStatus();
  }

  absl::Status Missing(string_view path) const {
    return DoesNotApply(absl::StrCat(op_, " operation does not apply: doc is missing path: ", path,
                                     ": missing value"));
  }

  Value* Find(const std::vector<std::string>& tokens) {
    Value* value = document_;
    for (size_t i = 0; i < tokens.size() && value != nullptr; ++i) value = Step(value, tokens[i]);
    return value;
  }

  Value* FindParent(std::vector<std::string> tokens) {
    tokens.pop_back();
    return Find(tokens);
  }

  absl::Status Add(Value value) {
    if (tokens_.empty()) {
      *document_ = std::move(value);
      return absl::OkStatus();
    }
    Value* const parent = FindParent(tokens_);
    if (parent == nullptr) return Missing(path_);
    if (parent->is_object()) {
      (*parent)[tokens_.back()] = std::move(value);
      return absl::OkStatus();
    }
    size_t index;
    if (!parent->is_array() || !ParseIndex(tokens_.back(), parent->items().size(), true, &index)) {
      return Missing(path_);
    }
    parent->items().insert(parent->items().begin() + static_cast<ptrdiff_t>(index),
                           std::move(value));
    return absl::OkStatus();
  }

  absl::Status Remove(const std::string& path, const std::vector<std::string>& tokens) {
    if (tokens.empty()) return Missing(path);
    Value* const parent = FindParent(tokens);
    if (parent == nullptr) return Missing(path);
    if (parent->is_object()) {
      return parent->Erase(tokens.back()) ? absl::OkStatus() : Missing(path);
    }
    size_t index;
    if (!parent->is_array() || !ParseIndex(tokens.back(), parent->items().size(), false, &index)) {
      return Missing(path);
    }
    parent->items().erase(parent->items().begin() + static_cast<ptrdiff_t>(index));
    return absl::OkStatus();
  }

  absl::Status MoveOrCopy(const Value& operation) {
    std::string from;
    std::vector<std::string> from_tokens;
    RETURN_IF_ERROR(Text(operation, "from", &from));
    RETURN_IF_ERROR(ParsePointer(from, &from_tokens));
    const Value* const found = Find(from_tokens);
    if (found == nullptr) return Missing(from);
    if (op_ == "copy") {
      copied_ += CountValues(*found);
      if (copied_ > kMostCopiedValues) return DoesNotApply("the patch copies too much");
    }
    Value value = *found;
    if (op_ == "move") {
      if (path_ != from && absl::StartsWith(path_, absl::StrCat(from, "/"))) {
        return DoesNotApply(absl::StrCat("cannot move ", from, " into itself"));
      }
      RETURN_IF_ERROR(Remove(from, from_tokens));
    }
    return Add(std::move(value));
  }

  Value* const document_;
  std::string op_;
  std::string path_;
  std::vector<std::string> tokens_;
  size_t copied_ = 0;
};

}  // namespace

absl::Status ApplyJsonPatch(const Value& patch, Value* document) {
  if (!patch.is_array()) return Malformed("a JSON patch is a list of operations");
  if (patch.items().size() > kMostOperations) {
    return absl::ResourceExhaustedError(
        absl::StrCat("The allowed maximum operations in a JSON patch is ", kMostOperations,
                     ", got ", patch.items().size()));
  }
  Patcher patcher(document);
  for (const Value& operation : patch.items()) RETURN_IF_ERROR(patcher.Apply(operation));
  return absl::OkStatus();
}

}  // namespace drydock::api
