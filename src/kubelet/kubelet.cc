// Puts the parts of a kubelet together, in the order in which they may start.
#include "src/kubelet/kubelet.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace drydock::kubelet {
namespace {

PodEvents EventsInto(client::EventRecorder* recorder) {
  PodEvents events;
  if (recorder == nullptr) return events;
  events.record = [recorder](const api::ObjectRef& about, const char* type, const char* reason,
                             std::string message) {
    recorder->Event(about, type, reason, std::move(message));
  };
  return events;
}

client::InformerOptions PodsOf(const KubeletConfig& config) {
  client::InformerOptions options;
  options.field_selector = absl::StrCat("spec.nodeName=", config.node_name);
  return options;
}

}  // namespace

Kubelet::Kubelet(rt::Env& env, client::Client& client, rt::ContainerRuntime& runtime,
                 KubeletConfig config, Prober* prober)
    : config_(std::move(config)),
      recorder_(config_.record_events
                    ? std::make_unique<client::EventRecorder>(client, "kubelet", config_.node_name)
                    : nullptr),
      node_(env, client, config_),
      pods_(env, client, runtime, prober, node_, config_, EventsInto(recorder_.get())),
      informer_(client, api::KindOf<api::Pod>(), PodsOf(config_)) {
  node_.SetImages(&pods_.images());
  client::InformerHandler handler;
  handler.on_add = [this](const api::ObjectRef& pod) { pods_.PodAdded(pod); };
  handler.on_update = [this](const api::ObjectRef&, const api::ObjectRef& after) {
    pods_.PodUpdated(after);
  };
  handler.on_delete = [this](const api::ObjectRef& pod) { pods_.PodDeleted(pod); };
  informer_.AddHandler(std::move(handler));
}

rt::Task<> Kubelet::Run() {
  tasks_.Spawn(node_.RunStatus());
  tasks_.Spawn(node_.RunLease());
  if (recorder_ != nullptr) tasks_.Spawn(recorder_->Run());
  co_await pods_.Restore();
  tasks_.Spawn(pods_.RunStatusWriter());
  tasks_.Spawn(pods_.RunTimers());
  tasks_.Spawn(informer_.Run());
  co_await informer_.WaitForSync();
  pods_.Begin();
  co_await pods_.RunRuntimeEvents();
}

}  // namespace drydock::kubelet
