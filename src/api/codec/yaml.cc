// Events of libyaml, made into trees and from them.
#include "src/api/codec/yaml.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include <yaml.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/api/codec/yaml_scalar.h"
#include "src/rt/check.h"
#include "src/rt/status_macros.h"

namespace drydock::api {
namespace {

using ::absl::string_view;

constexpr char kStringTag[] = "tag:yaml.org,2002:str";

Position PositionOf(const yaml_mark_t& mark) {
  return {static_cast<int>(mark.line) + 1, static_cast<int>(mark.column) + 1};
}

absl::Status ErrorAt(Position at, string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(at.line, ":", at.column, ": ", what));
}

const char* Text(const yaml_char_t* text) { return reinterpret_cast<const char*>(text); }

class Reader {
 public:
  Reader(string_view text, const ParseLimits& limits) : limits_(limits) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  ~Reader() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  absl::StatusOr<std::vector<Value>> Read() {
    std::vector<Value> documents;
    RETURN_IF_ERROR(Next());
    while (true) {
      RETURN_IF_ERROR(Next());
      if (event_.type == YAML_STREAM_END_EVENT) return documents;
      anchors_.clear();
      RETURN_IF_ERROR(Next());
      Value value;
      RETURN_IF_ERROR(ReadNode(&value, 0));
      RETURN_IF_ERROR(Next());  // The end of the document.
      if (!value.is_null()) documents.push_back(std::move(value));
    }
  }

 private:
  absl::Status Next() {
    yaml_event_delete(&event_);
    if (yaml_parser_parse(&parser_, &event_)) return absl::OkStatus();
    const yaml_mark_t& mark =
        parser_.error == YAML_READER_ERROR ? parser_.mark : parser_.problem_mark;
    std::string what = parser_.problem != nullptr ? parser_.problem : "invalid YAML";
    if (parser_.context != nullptr) absl::StrAppend(&what, " (", parser_.context, ")");
    return ErrorAt(PositionOf(mark), what);
  }

  absl::Status Count(size_t values) {
    values_ += values;
    if (values_ <= limits_.values) return absl::OkStatus();
    return ErrorAt(PositionOf(event_.start_mark),
                   absl::StrCat("more than ", limits_.values, " values"));
  }

  // Of the current event and what belongs to it.
  absl::Status ReadNode(Value* value, int depth) {
    const Position at = PositionOf(event_.start_mark);
    if (depth > limits_.depth) {
      return ErrorAt(at, absl::StrCat("more than ", limits_.depth, " levels"));
    }
    RETURN_IF_ERROR(Count(1));
    std::string anchor;
    switch (event_.type) {
      case YAML_SCALAR_EVENT:
        anchor = Anchor(event_.data.scalar.anchor);
        RETURN_IF_ERROR(ReadScalar(value));
        break;
      case YAML_SEQUENCE_START_EVENT:
        anchor = Anchor(event_.data.sequence_start.anchor);
        RETURN_IF_ERROR(ReadSequence(value, depth));
        break;
      case YAML_MAPPING_START_EVENT:
        anchor = Anchor(event_.data.mapping_start.anchor);
        RETURN_IF_ERROR(ReadMapping(value, depth));
        break;
      case YAML_ALIAS_EVENT: {
        const auto found = anchors_.find(Text(event_.data.alias.anchor));
        if (found == anchors_.end()) {
          return ErrorAt(at, absl::StrCat("unknown anchor '", Text(event_.data.alias.anchor), "'"));
        }
        // Copies count, so that nested aliases cannot grow without bound.
        RETURN_IF_ERROR(Count(CountValues(found->second)));
        *value = found->second;
        break;
      }
      default:
        return ErrorAt(at, "expected a value");
    }
    value->position = at;
    if (!anchor.empty()) anchors_[anchor] = *value;
    return absl::OkStatus();
  }

  static std::string Anchor(const yaml_char_t* anchor) {
    return anchor == nullptr ? "" : Text(anchor);
  }

  static size_t CountValues(const Value& value) {
    size_t count = 1;
    for (const Value& item : value.items()) count += CountValues(item);
    for (const Value::Member& member : value.members()) count += CountValues(member.value);
    return count;
  }

  absl::Status ReadScalar(Value* value) {
    const auto& scalar = event_.data.scalar;
    const string_view text(Text(scalar.value), scalar.length);
    const string_view tag = scalar.tag == nullptr ? "" : Text(scalar.tag);
    if (tag == kStringTag || tag == "!" ||
        (tag.empty() && scalar.style != YAML_PLAIN_SCALAR_STYLE)) {
      *value = Value::String(text);
      return absl::OkStatus();
    }
    const Position at = PositionOf(event_.start_mark);
    *value = ResolvePlainScalar(text);
    if (tag.empty()) return absl::OkStatus();
    const bool fits = (tag == "tag:yaml.org,2002:null" && value->is_null()) ||
                      (tag == "tag:yaml.org,2002:bool" && value->type() == Value::Type::kBool) ||
                      ((tag == "tag:yaml.org,2002:int" || tag == "tag:yaml.org,2002:float") &&
                       value->type() == Value::Type::kNumber) ||
                      (tag == "tag:yaml.org,2002:timestamp" && value->is_string());
    if (fits) return absl::OkStatus();
    return ErrorAt(at, absl::StrCat("cannot read ", Describe(*value), " as ", tag));
  }

  absl::Status ReadSequence(Value* value, int depth) {
    *value = Value::Array();
    while (true) {
      RETURN_IF_ERROR(Next());
      if (event_.type == YAML_SEQUENCE_END_EVENT) return absl::OkStatus();
      RETURN_IF_ERROR(ReadNode(&value->items().emplace_back(), depth + 1));
    }
  }

  absl::Status ReadMapping(Value* value, int depth) {
    *value = Value::Object();
    std::vector<Value> merged;
    while (true) {
      RETURN_IF_ERROR(Next());
      if (event_.type == YAML_MAPPING_END_EVENT) break;
      const Position at = PositionOf(event_.start_mark);
      const bool merge = event_.type == YAML_SCALAR_EVENT &&
                         event_.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
                         string_view(Text(event_.data.scalar.value)) == "<<";
      Value key;
      RETURN_IF_ERROR(ReadNode(&key, depth + 1));
      if (key.is_array() || key.is_object() || key.is_null()) {
        return ErrorAt(at, absl::StrCat("expected a key, got ", Describe(key)));
      }
      RETURN_IF_ERROR(Next());
      if (merge) {
        Value source;
        RETURN_IF_ERROR(ReadNode(&source, depth + 1));
        RETURN_IF_ERROR(AddMerged(std::move(source), at, &merged));
        continue;
      }
      Value::Member& member = value->members().emplace_back();
      member.position = at;
      member.key = key.type() == Value::Type::kBool ? (key.flag() ? "true" : "false") : key.text();
      RETURN_IF_ERROR(ReadNode(&member.value, depth + 1));
    }
    Merge(merged, value);
    return absl::OkStatus();
  }

  static absl::Status AddMerged(Value source, Position at, std::vector<Value>* merged) {
    if (source.is_object()) {
      merged->push_back(std::move(source));
      return absl::OkStatus();
    }
    bool objects = source.is_array();
    for (const Value& item : source.items()) objects = objects && item.is_object();
    if (!objects) return ErrorAt(at, "map merge requires map or sequence of maps as the value");
    for (Value& item : source.items()) merged->push_back(std::move(item));
    return absl::OkStatus();
  }

  // What stands in the mapping itself comes first, then earlier sources.
  static void Merge(const std::vector<Value>& sources, Value* value) {
    if (sources.empty()) return;
    std::map<string_view, bool> taken;
    std::vector<Value::Member> added;
    for (const Value::Member& member : value->members()) taken[member.key] = true;
    for (const Value& source : sources) {
      for (const Value::Member& member : source.members()) {
        if (taken.emplace(member.key, true).second) added.push_back(member);
      }
    }
    for (Value::Member& member : added) value->members().push_back(std::move(member));
  }

  const ParseLimits limits_;
  yaml_parser_t parser_;
  yaml_event_t event_ = {};
  std::map<std::string, Value> anchors_;  // Of the document.
  size_t values_ = 0;
};

class YamlWriter {
 public:
  explicit YamlWriter(std::string* out) {
    yaml_emitter_initialize(&emitter_);
    yaml_emitter_set_output(&emitter_, &YamlWriter::Append, out);
    yaml_emitter_set_unicode(&emitter_, 1);
    yaml_emitter_set_width(&emitter_, -1);
  }
  ~YamlWriter() { yaml_emitter_delete(&emitter_); }
  YamlWriter(const YamlWriter&) = delete;
  YamlWriter& operator=(const YamlWriter&) = delete;

  void Write(const Value& value) {
    yaml_event_t event;
    yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
    Emit(&event);
    yaml_document_start_event_initialize(&event, nullptr, nullptr, nullptr, /*implicit=*/1);
    Emit(&event);
    WriteNode(value);
    yaml_document_end_event_initialize(&event, /*implicit=*/1);
    Emit(&event);
    yaml_stream_end_event_initialize(&event);
    Emit(&event);
  }

 private:
  static int Append(void* out, unsigned char* bytes, size_t size) {
    static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), size);
    return 1;
  }

  void Emit(yaml_event_t* event) {
    DRYDOCK_CHECK(yaml_emitter_emit(&emitter_, event) == 1,
                  emitter_.problem == nullptr ? "" : emitter_.problem);
  }

  void WriteNode(const Value& value) {
    yaml_event_t event;
    switch (value.type()) {
      case Value::Type::kNull:
        return WriteScalar("null", YAML_PLAIN_SCALAR_STYLE);
      case Value::Type::kBool:
        return WriteScalar(value.flag() ? "true" : "false", YAML_PLAIN_SCALAR_STYLE);
      case Value::Type::kNumber:
        return WriteScalar(value.text(), YAML_PLAIN_SCALAR_STYLE);
      case Value::Type::kString:
        return WriteString(value.text());
      case Value::Type::kArray: {
        const bool empty = value.items().empty();
        yaml_sequence_start_event_initialize(
            &event, nullptr, nullptr, /*implicit=*/1,
            empty ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE);
        Emit(&event);
        for (const Value& item : value.items()) WriteNode(item);
        yaml_sequence_end_event_initialize(&event);
        return Emit(&event);
      }
      case Value::Type::kObject: {
        std::vector<const Value::Member*> members;
        for (const Value::Member& member : value.members()) members.push_back(&member);
        std::stable_sort(members.begin(), members.end(),
                         [](const auto* a, const auto* b) { return a->key < b->key; });
        yaml_mapping_start_event_initialize(
            &event, nullptr, nullptr, /*implicit=*/1,
            members.empty() ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE);
        Emit(&event);
        for (const Value::Member* const member : members) {
          WriteString(member->key);
          WriteNode(member->value);
        }
        yaml_mapping_end_event_initialize(&event);
        return Emit(&event);
      }
    }
  }

  void WriteString(const std::string& text) {
    // What would read as something else needs quotes.
    const bool ambiguous = !ResolvePlainScalar(text).is_string() || text == "<<" || text == "=" ||
                           text.find_first_not_of("0123456789:.-+_TZ ") == std::string::npos;
    if (ambiguous) return WriteScalar(text, YAML_DOUBLE_QUOTED_SCALAR_STYLE);
    // Lines stay readable where a block can hold them: no odd spaces, nothing that needs an escape.
    const bool block = absl::StrContains(text, '\n') && text[0] != ' ' && text[0] != '\n' &&
                       text.find_first_of("\t\r") == std::string::npos &&
                       !absl::StrContains(text, " \n") && text.back() != ' ';
    WriteScalar(text, block ? YAML_LITERAL_SCALAR_STYLE : YAML_ANY_SCALAR_STYLE);
  }

  void WriteScalar(string_view text, yaml_scalar_style_t style) {
    yaml_event_t event;
    const int ok = yaml_scalar_event_initialize(
        &event, nullptr, nullptr, reinterpret_cast<const yaml_char_t*>(text.data()),
        static_cast<int>(text.size()), /*plain_implicit=*/1, /*quoted_implicit=*/1, style);
    DRYDOCK_CHECK(ok == 1, "a string that is not valid UTF-8");
    Emit(&event);
  }

  yaml_emitter_t emitter_;
};

}  // namespace

absl::StatusOr<std::vector<Value>> ParseYaml(string_view text, const ParseLimits& limits) {
  return Reader(text, limits).Read();
}

std::string WriteYaml(const Value& value) {
  std::string out;
  YamlWriter(&out).Write(value);
  return out;
}

}  // namespace drydock::api
