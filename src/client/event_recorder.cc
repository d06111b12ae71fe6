// Builds Events, and sends them one after another.
#include "src/client/event_recorder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "src/api/core/v1/event.h"
#include "src/api/message_ptr.h"
#include "src/api/status.h"
#include "src/client/event_correlator.h"

namespace drydock::client {
namespace {

constexpr size_t kQueueSize = 1000;
constexpr int kAttempts = 12;
constexpr size_t kEventRoom = 1024;  // What one takes in memory.
constexpr absl::Duration kPause = absl::Seconds(10);

void SetTime(absl::Time when, api::metav1::Time* time) {
  time->set_seconds(absl::ToUnixSeconds(when));
  time->set_nanos(0);
}

void DescribeObject(const ObjectRef& about, api::corev1::ObjectReference* reference) {
  const api::metav1::ObjectMeta& metadata = about->metadata();
  reference->set_kind(std::string(about->kind().kind));
  reference->set_api_version(about->kind().ApiVersion());
  reference->set_namespace_(metadata.namespace_());
  reference->set_name(metadata.name());
  reference->set_uid(metadata.uid());
  reference->set_resource_version(metadata.resource_version());
}

}  // namespace

EventRecorder::EventRecorder(Client& client, std::string component, std::string host)
    : client_(client),
      component_(std::move(component)),
      host_(std::move(host)),
      random_(client.env().NewRandom(absl::StrCat("events/", component_, "/", host_))),
      correlator_(std::make_unique<EventCorrelator>()),
      queue_(client.env().executor(), kQueueSize) {}

EventRecorder::~EventRecorder() = default;

void EventRecorder::Event(const ObjectRef& about, absl::string_view type, absl::string_view reason,
                          std::string message) {
  ++metrics_.recorded;
  Pending pending{about, std::string(type), std::string(reason), std::move(message),
                  client_.env().executor().WallNow()};
  if (!queue_.Send(std::move(pending))) ++metrics_.dropped;
}

rt::Task<> EventRecorder::Run() {
  for (;;) {
    std::optional<Pending> pending = co_await queue_.Receive();
    if (!pending.has_value()) co_return;
    co_await Send(*std::move(pending));
  }
}

// Kubernetes names an Event after the object and the nanosecond. In virtual time many
// things happen in one nanosecond, so some of them are drawn.
std::string EventRecorder::NewName(const Pending& pending) {
  const int64_t nanos = absl::ToUnixNanos(pending.when) / 1'000'000 * 1'000'000;
  return absl::StrFormat("%s.%x", pending.about->metadata().name(),
                         nanos + static_cast<int64_t>(random_.Below(1'000'000)));
}

rt::Task<> EventRecorder::Send(Pending pending) {
  const api::metav1::ObjectMeta& metadata = pending.about->metadata();
  const std::string about = absl::StrCat(pending.about->kind().kind, "\n", metadata.namespace_(),
                                         "\n", metadata.name(), "\n", metadata.uid());
  const EventCorrelator::Decision decision = correlator_->Correlate(
      about, absl::StrCat(pending.type, "\n", pending.reason), pending.message, pending.when);
  if (decision.skip) {
    ++metrics_.filtered;
    co_return;
  }

  EventCorrelator::Written written = decision.before;
  const bool repeated = written.count > 0;
  if (!repeated) written.first = pending.when;
  ++written.count;

  api::Draft<api::corev1::Event> draft = api::NewDraft<api::corev1::Event>(kEventRoom);
  api::corev1::Event& event = *draft;
  event.mutable_metadata()->set_namespace_(metadata.namespace_().empty() ? "default"
                                                                         : metadata.namespace_());
  event.mutable_metadata()->set_name(repeated ? written.name : NewName(pending));
  DescribeObject(pending.about, event.mutable_involved_object());
  event.set_reason(pending.reason);
  event.set_message(decision.message);
  event.mutable_source()->set_component(component_);
  if (!host_.empty()) event.mutable_source()->set_host(host_);
  SetTime(written.first, event.mutable_first_timestamp());
  SetTime(pending.when, event.mutable_last_timestamp());
  event.set_count(written.count);
  event.set_type(pending.type);
  event.set_reporting_component(component_);
  event.set_reporting_instance(host_);

  ObjectRef object = api::MakeObject(std::move(draft));
  bool create = !repeated;
  bool maybe_created = false;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    absl::StatusOr<ObjectRef> sent;
    if (create) {
      sent = co_await client_.Create(object);
    } else {
      sent = co_await client_.Update(object);
    }
    if (sent.ok() || (maybe_created && api::IsAlreadyExists(sent.status()))) {
      written.name = object->metadata().name();
      correlator_->Remember(decision.key, std::move(written));
      ++(create ? metrics_.created : metrics_.counted);
      co_return;
    }
    if (!create && api::IsNotFound(sent.status())) {
      create = true;  // Its time to live is over; it begins anew.
      continue;
    }
    if (create && api::IsAlreadyExists(sent.status())) {
      draft = api::CopyDraft(static_cast<const api::corev1::Event&>(object->message()));
      draft->mutable_metadata()->set_name(NewName(pending));
      object = api::MakeObject(std::move(draft));
      continue;
    }
    if (!api::IsOutcomeUnknown(sent.status())) break;  // The server does not want it.
    maybe_created = create;
    co_await client_.env().executor().SleepFor(kPause);
  }
  ++metrics_.dropped;
}

}  // namespace drydock::client
