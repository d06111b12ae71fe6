// Binds through the API server's pods/binding subresource.
#include "src/scheduler/plugins/builtin.h"

namespace drydock::scheduler {
namespace {

class DefaultBinder final : public BindPlugin {
 public:
  explicit DefaultBinder(BindPlugin& binder) : binder_(binder) {}
  rt::Task<absl::Status> Bind(PodRef pod, std::string node) override {
    return binder_.Bind(std::move(pod), std::move(node));
  }

 private:
  BindPlugin& binder_;
};

class NoBinder final : public BindPlugin {
 public:
  rt::Task<absl::Status> Bind(PodRef pod, std::string node) override {
    co_return absl::FailedPreconditionError("there is no API server to bind through");
  }
};

}  // namespace

absl::StatusOr<PluginInstance> NewDefaultBinder(const PluginArgs&, const PluginContext& context) {
  if (context.binder == nullptr) return MakePlugin("DefaultBinder", std::make_shared<NoBinder>());
  return MakePlugin("DefaultBinder", std::make_shared<DefaultBinder>(*context.binder));
}

}  // namespace drydock::scheduler
