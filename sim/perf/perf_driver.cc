// Operations as API calls.
#include "sim/perf/perf_driver.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "src/api/core/v1/namespace.h"
#include "src/api/core/v1/node.h"
#include "src/api/core/v1/pod.h"
#include "src/api/maps.h"
#include "src/api/scheduling_v1.h"
#include "src/api/status.h"
#include "src/rt/status_macros.h"

namespace drydock::sim {
namespace {

using rt::Task;

constexpr int kWorkers = 30;  // That create objects at a time.
constexpr absl::Duration kPoll = absl::Milliseconds(10);
// Until a new class is known to the admission of pods.
constexpr absl::Duration kClassDelay = absl::Milliseconds(100);

absl::Status During(absl::string_view what, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(what, ": ", status.message()));
}

}  // namespace

// Objects that workers create: each takes the next number.
struct PerfDriver::Batch {
  Batch(rt::Executor& executor, const ObjectTemplate& template_of_all)
      : object(template_of_all), done(executor) {}

  const ObjectTemplate& object;  // Outlives the batch: it belongs to the workload.
  int count = 0;
  std::string ns;
  std::function<void(int, google::protobuf::Message*)> change;
  int next = 0;
  int workers = 0;
  absl::Status status;
  rt::Completion<bool> done;
};

PerfDriver::PerfDriver(rt::Env& env, client::Client& client, const PerfWorkload& workload,
                       PodProgress& progress, PerfState& state)
    : env_(env), client_(client), workload_(workload), progress_(progress), state_(state) {}

void PerfDriver::Fail(const absl::Status& status) {
  if (status.ok() || state_.finished) return;
  state_.status = During(state_.op, status);
  state_.finished = true;
}

Task<> PerfDriver::Run() {
  for (const PerfOp& op : workload_.ops) {
    state_.op = op.name;
    absl::Status done = co_await Perform(op);
    Fail(done);
    if (state_.finished) co_return;
  }
  state_.finished = true;
}

Task<absl::Status> PerfDriver::Perform(const PerfOp& op) {
  const auto& action = op.action;
  if (const auto* nodes = std::get_if<CreateNodes>(&action)) co_return co_await Do(*nodes);
  if (const auto* made = std::get_if<CreateNamespaces>(&action)) co_return co_await Do(*made);
  if (const auto* pods = std::get_if<CreatePods>(&action)) {
    co_return co_await Do(*pods, pods->ns);
  }
  if (const auto* sets = std::get_if<CreatePodSets>(&action)) co_return co_await Do(*sets);
  if (const auto* any = std::get_if<CreateAny>(&action)) co_return co_await Do(*any);
  if (const auto* pods = std::get_if<DeletePods>(&action)) co_return co_await Do(*pods);
  if (const auto* barrier = std::get_if<Barrier>(&action)) co_return co_await Do(*barrier);
  if (const auto* start = std::get_if<StartCollecting>(&action)) co_return co_await Do(*start);
  if (std::holds_alternative<StopCollecting>(action)) {
    co_await EndCollection();
  } else if (const auto* sleep = std::get_if<Sleep>(&action)) {
    co_await env_.executor().SleepFor(sleep->duration);
  } else {
    const auto& churn = std::get<Churn>(action);
    CO_RETURN_IF_ERROR(co_await NeedNamespace(churn.ns));
    tasks_.Spawn(RunChurn(churn));
  }
  co_return absl::OkStatus();
}

Task<absl::StatusOr<api::ObjectRef>> PerfDriver::CreateOne(Message message, std::string ns) {
  if (!ns.empty()) api::MutableMetadataOf(message.get())->set_namespace_(ns);
  absl::StatusOr<api::ObjectRef> created =
      co_await client_.Create(api::ObjectRef(api::MakeObject(std::move(message))));
  co_return created;
}

Task<absl::Status> PerfDriver::NeedNamespace(std::string ns) {
  if (!namespaces_.insert(ns).second) co_return absl::OkStatus();
  auto message = std::make_unique<api::Namespace>();
  message->mutable_metadata()->set_name(ns);
  absl::StatusOr<api::ObjectRef> created = co_await CreateOne(std::move(message), "");
  if (created.ok() || api::IsAlreadyExists(created.status())) co_return absl::OkStatus();
  co_return created.status();
}

Task<absl::Status> PerfDriver::NeedPriorityClass(google::protobuf::Message* message) {
  if (message->GetDescriptor() != api::Pod::descriptor()) co_return absl::OkStatus();
  api::PodSpec& spec = *static_cast<api::Pod*>(message)->mutable_spec();
  if (!spec.has_priority() || !spec.priority_class_name().empty()) co_return absl::OkStatus();
  const int32_t priority = spec.priority();
  const std::string name = absl::StrCat("priority-", priority);
  spec.set_priority_class_name(name);
  const bool is_new = priorities_.emplace(priority, false).second;
  if (!is_new) {
    // Another worker may be making it.
    while (!priorities_[priority]) co_await env_.executor().SleepFor(kPoll);
    co_return absl::OkStatus();
  }
  auto made = std::make_unique<api::PriorityClass>();
  made->mutable_metadata()->set_name(name);
  made->set_value(priority);
  absl::StatusOr<api::ObjectRef> created = co_await CreateOne(std::move(made), "");
  if (!created.ok()) co_return created.status();
  co_await env_.executor().SleepFor(kClassDelay);
  priorities_[priority] = true;
  co_return absl::OkStatus();
}

Task<> PerfDriver::CreateSome(std::shared_ptr<Batch> batch) {
  while (batch->next < batch->count && batch->status.ok()) {
    const int number = batch->next++;
    absl::StatusOr<Message> message = batch->object.Make(number);
    absl::Status status = message.status();
    if (status.ok()) {
      if (batch->change) batch->change(number, message->get());
      status = co_await NeedPriorityClass(message->get());
    }
    if (status.ok()) {
      absl::StatusOr<api::ObjectRef> created = co_await CreateOne(*std::move(message), batch->ns);
      status = created.status();
    }
    if (batch->status.ok()) batch->status = status;
  }
  if (--batch->workers == 0) batch->done.Set(true);
}

Task<absl::Status> PerfDriver::CreateAll(
    const ObjectTemplate& object, int count, std::string ns,
    std::function<void(int, google::protobuf::Message*)> change) {
  if (count == 0) co_return absl::OkStatus();
  auto batch = std::make_shared<Batch>(env_.executor(), object);
  batch->count = count;
  batch->ns = std::move(ns);
  batch->change = std::move(change);
  batch->workers = std::min(count, kWorkers);
  for (int i = batch->workers; i > 0; --i) tasks_.Spawn(CreateSome(batch));
  co_await batch->done.WaitUntil(absl::InfiniteDuration());
  co_return batch->status;
}

Task<absl::Status> PerfDriver::Do(const CreateNodes& action) {
  const int first = unique_labels_;
  unique_labels_ += action.count;
  absl::Status created = co_await CreateAll(
      action.node, action.count, "", [&action, first](int i, google::protobuf::Message* message) {
        api::Node& node = *static_cast<api::Node*>(message);
        // What the strategy does not name is what the server would have given the node.
        if (!action.allocatable.empty() && node.status().allocatable().empty()) {
          *node.mutable_status()->mutable_allocatable() = node.status().capacity();
        }
        for (const auto& [resource, amount] : action.allocatable) {
          api::Set(node.mutable_status()->mutable_allocatable(), resource, amount);
        }
        if (action.label.empty()) return;
        const std::vector<std::string>& values = action.label_values;
        api::Set(node.mutable_metadata()->mutable_labels(), action.label,
                 values.empty() ? absl::StrCat("node-", first + i)
                                : values[static_cast<size_t>(i) % values.size()]);
      });
  state_.nodes += static_cast<uint64_t>(action.count);
  co_return created;
}

Task<absl::Status> PerfDriver::Do(const CreateNamespaces& action) {
  for (int i = 0; i < action.count; ++i) {
    const std::string name = absl::StrCat(action.prefix, "-", i);
    if (!action.ns.has_value()) {
      CO_RETURN_IF_ERROR(co_await NeedNamespace(name));
      continue;
    }
    absl::StatusOr<Message> message = action.ns->Make(i);
    if (!message.ok()) co_return message.status();
    auto* metadata = api::MutableMetadataOf(message->get());
    metadata->clear_generate_name();
    metadata->set_name(name);
    absl::StatusOr<api::ObjectRef> created = co_await CreateOne(*std::move(message), "");
    if (!created.ok()) co_return created.status();
    namespaces_.insert(name);
  }
  co_return absl::OkStatus();
}

Task<absl::Status> PerfDriver::Do(const CreatePods& action, std::string ns) {
  CO_RETURN_IF_ERROR(co_await NeedNamespace(ns));
  pod_namespaces_.insert(ns);
  if (action.collect_metrics) progress_.StartCollecting({.name = ns, .namespaces = {ns}});
  CO_RETURN_IF_ERROR(co_await CreateAll(action.pod, action.count, ns, nullptr));
  state_.pods += static_cast<uint64_t>(action.count);
  if (action.wait) co_await WaitUntilScheduled({ns}, false);
  if (action.collect_metrics) co_await EndCollection();
  co_return absl::OkStatus();
}

Task<absl::Status> PerfDriver::Do(const CreatePodSets& action) {
  for (int i = 0; i < action.count; ++i) {
    CO_RETURN_IF_ERROR(co_await Do(action.pods, absl::StrCat(action.prefix, "-", i)));
  }
  co_return absl::OkStatus();
}

Task<absl::Status> PerfDriver::Do(const CreateAny& action) {
  if (!action.ns.empty()) CO_RETURN_IF_ERROR(co_await NeedNamespace(action.ns));
  co_return co_await CreateAll(action.object, action.count, action.ns, nullptr);
}

Task<absl::Status> PerfDriver::Do(const DeletePods& action) {
  if (!action.wait) {
    tasks_.Spawn(DeleteInBackground(action));
    co_return absl::OkStatus();
  }
  co_return co_await DeleteAll(action);
}

Task<> PerfDriver::DeleteInBackground(const DeletePods& action) {
  absl::Status deleted = co_await DeleteAll(action);
  Fail(deleted);
}

Task<absl::Status> PerfDriver::DeleteAll(const DeletePods& action) {
  client::ListOptions options;
  options.label_selector = action.selector;
  absl::StatusOr<client::ListResult<api::Pod>> pods =
      co_await client_.List<api::Pod>(action.ns, options);
  if (!pods.ok()) co_return pods.status();
  const absl::Duration gap =
      action.per_second == 0 ? absl::ZeroDuration() : absl::Seconds(1) / action.per_second;
  // No kubelet would confirm that a pod has ended.
  const client::DeleteOptions now{.grace_period_seconds = 0};
  rt::Instant due = env_.executor().Now();
  for (const api::Ref<api::Pod>& pod : pods->items) {
    due += gap;
    co_await env_.executor().SleepUntil(due);
    absl::Status deleted =
        co_await client_.Delete<api::Pod>(action.ns, pod->metadata().name(), now);
    if (!deleted.ok() && !api::IsNotFound(deleted)) co_return deleted;
  }
  co_return absl::OkStatus();
}

Task<absl::Status> PerfDriver::Do(const Barrier& action) {
  std::vector<std::string> namespaces = action.namespaces;
  if (namespaces.empty()) namespaces.assign(pod_namespaces_.begin(), pod_namespaces_.end());
  if (action.selector.empty()) {
    co_await WaitUntilScheduled(std::move(namespaces), action.attempted);
    co_return absl::OkStatus();
  }
  client::ListOptions options;
  options.label_selector = action.selector;
  for (const std::string& ns : namespaces) {
    for (bool waiting = true; waiting;) {
      co_await env_.executor().SleepFor(kPoll);
      absl::StatusOr<client::ListResult<api::Pod>> pods =
          co_await client_.List<api::Pod>(ns, options);
      if (!pods.ok()) co_return pods.status();
      waiting = std::any_of(pods->items.begin(), pods->items.end(),
                            [&action](const api::Ref<api::Pod>& pod) {
                              return action.attempted ? !IsAttempted(*pod) : !IsScheduled(*pod);
                            });
    }
  }
  co_return absl::OkStatus();
}

Task<absl::Status> PerfDriver::Do(const StartCollecting& action) {
  const absl::StatusOr<api::Selector> selector = api::Selector::Parse(action.selector);
  if (!selector.ok()) co_return selector.status();
  progress_.StartCollecting(
      {.name = action.name, .namespaces = action.namespaces, .selector = *selector});
  co_return absl::OkStatus();
}

Task<> PerfDriver::EndCollection() {
  progress_.StopCollecting();
  // The next collection begins in a turn of its own, so that whoever measures sees an end.
  co_await env_.executor().SleepFor(kPoll);
}

Task<> PerfDriver::WaitUntilScheduled(std::vector<std::string> namespaces, bool attempted) {
  for (bool waiting = true; waiting;) {
    co_await env_.executor().SleepFor(kPoll);
    waiting =
        std::any_of(namespaces.begin(), namespaces.end(), [this, attempted](const std::string& ns) {
          const PodProgress::Counts counts = progress_.Of(ns);
          return (attempted ? counts.unattempted : counts.unscheduled) > 0;
        });
  }
}

Task<absl::Status> PerfDriver::CreateCycle(const Churn& action, std::vector<api::ObjectRef>* made) {
  for (const ObjectTemplate& object : action.objects) {
    absl::StatusOr<Message> message = object.Make(0);
    if (!message.ok()) co_return message.status();
    CO_RETURN_IF_ERROR(co_await NeedPriorityClass(message->get()));
    const std::string ns = object.kind().namespaced ? action.ns : "";
    absl::StatusOr<api::ObjectRef> created = co_await CreateOne(*std::move(message), ns);
    if (!created.ok()) co_return created.status();
    if (action.recreate) made->push_back(*created);
  }
  co_return absl::OkStatus();
}

Task<> PerfDriver::RunChurn(const Churn& action) {
  std::vector<api::ObjectRef> made;
  rt::Instant due = env_.executor().Now();
  for (int cycle = 0;; ++cycle) {
    // By the clock: what a cycle takes does not slow the churn down.
    due += action.interval;
    co_await env_.executor().SleepUntil(due);
    const bool deletes = action.recreate && cycle / action.number % 2 == 1;
    if (!deletes) {
      if (!action.recreate && action.number > 0 && cycle == action.number) co_return;
      absl::Status created = co_await CreateCycle(action, &made);
      if (!created.ok()) {
        Fail(During("churn", created));
        co_return;
      }
      continue;
    }
    // Those of one cycle of creation, the oldest.
    const size_t count = action.objects.size();
    for (size_t i = 0; i < count; ++i) {
      const client::DeleteOptions now{.grace_period_seconds = 0};
      absl::Status deleted = co_await client_.Delete(
          made[i]->kind(), made[i]->metadata().namespace_(), made[i]->metadata().name(), now);
      // A pod may have been preempted meanwhile.
      if (!deleted.ok() && !api::IsNotFound(deleted)) {
        Fail(During("churn", deleted));
        co_return;
      }
    }
    made.erase(made.begin(), made.begin() + static_cast<std::ptrdiff_t>(count));
  }
}

}  // namespace drydock::sim
