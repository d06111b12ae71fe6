#include "src/api/codec/plan.h"

#include <algorithm>
#include <memory>

#include "src/api/scheme.h"
#include "src/rt/check.h"

namespace drydock::api {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;

// Made at the first look-up; never changes.
class Plans {
 public:
  Plans() {
    for (const KindInfo& kind : AllKinds()) {
      const_cast<MessagePlan*>(Add(kind.descriptor))->has_kind = true;
    }
    for (auto& [type, plan] : plans_) {
      IndexNames(plan.get());
      SortByNumber(plan.get());
    }
  }

  const MessagePlan* Find(const Descriptor* type) const {
    const auto found = plans_.find(type);
    return found == plans_.end() ? nullptr : found->second.get();
  }

 private:
  const MessagePlan* Add(const Descriptor* type) {
    std::unique_ptr<MessagePlan>& slot = plans_[type];
    if (slot != nullptr) return slot.get();
    slot = std::make_unique<MessagePlan>();
    // `slot` moves when the map grows; the plan does not.
    MessagePlan* const plan = slot.get();
    plan->type = type;
    const options::MessageRules& rules = type->options().GetExtension(options::message);
    plan->form = rules.json();
    plan->map_entry = rules.map_entry();
    plan->fields.resize(static_cast<size_t>(type->field_count()));
    for (int i = 0; i < type->field_count(); ++i) {
      FieldPlan& field = plan->fields[static_cast<size_t>(i)];
      field.field = type->field(i);
      field.rules = &field.field->options().GetExtension(options::field);
      field.json_name = field.field->json_name();
      if (field.field->message_type() != nullptr) field.message = Add(field.field->message_type());
      field.is_map = field.message != nullptr && field.message->map_entry;
      field.is_list = field.field->is_repeated() && !field.is_map;
    }
    return plan;
  }

  static void SortByNumber(MessagePlan* plan) {
    for (const FieldPlan& field : plan->fields) plan->by_falling_number.push_back(&field);
    std::sort(plan->by_falling_number.begin(), plan->by_falling_number.end(),
              [](const FieldPlan* a, const FieldPlan* b) {
                return a->field->number() > b->field->number();
              });
  }

  void IndexNames(MessagePlan* plan) {
    if (!plan->by_json_name.empty()) return;
    for (size_t i = 0; i < plan->fields.size(); ++i) {
      const FieldPlan& field = plan->fields[i];
      if (!field.rules->inlined()) {
        plan->by_json_name.emplace(field.json_name, static_cast<int>(i));
        continue;
      }
      IndexNames(const_cast<MessagePlan*>(field.message));
      for (const auto& [name, index] : field.message->by_json_name) {
        plan->by_json_name.emplace(name, static_cast<int>(i));
      }
    }
  }

  // Iterated only to fill each plan's own index, in which order does not show.
  absl::flat_hash_map<const Descriptor*, std::unique_ptr<MessagePlan>> plans_;
};

}  // namespace

const FieldPlan* MessagePlan::Find(absl::string_view json_name) const {
  const auto found = by_json_name.find(json_name);
  return found == by_json_name.end() ? nullptr : &fields[static_cast<size_t>(found->second)];
}

const MessagePlan* FindPlan(const Descriptor& type) {
  static const Plans* const plans = new Plans;
  return plans->Find(&type);
}

const MessagePlan& PlanOf(const google::protobuf::Message& message) {
  const MessagePlan* const plan = FindPlan(*message.GetDescriptor());
  DRYDOCK_CHECK(plan != nullptr, message.GetTypeName(), " is not in the scheme");
  return *plan;
}

}  // namespace drydock::api
