#include "real/server/control_plane.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "src/apiserver/options.h"

namespace drydock::real {
namespace {

constexpr char kService[] = "apiserver";
constexpr char kScheduler[] = "kube-scheduler";
constexpr char kControllers[] = "kube-controller-manager";

// After a restart, clients go on from where they were instead of listing all at once.
constexpr int64_t kHistoryFromStore = 100'000;

apiserver::ServerOptions ApiOptions(apiserver::AccessOptions access) {
  apiserver::ServerOptions options;
  options.access = std::move(access);
  options.watch_cache.history_from_store = kHistoryFromStore;
  options.track_managed_fields = true;
  return options;
}

std::string UserOf(const char* component) { return absl::StrCat("system:", component); }

// Without a rate limit of their own: they share the server's process, so that the bound on
// requests in flight is what keeps them in check.
client::ClientOptions ClientOf(const char* component) {
  client::ClientOptions options;
  options.user_agent = component;
  options.user = UserOf(component);
  options.groups = {"system:authenticated"};
  return options;
}

rt::Address ServerAddress(rt::Env& env) { return absl::StrCat(env.machine(), "/", kService); }

}  // namespace

ControlPlane::ControlPlane(rt::Env& env, store::Store& store, apiserver::AccessOptions access)
    : api_(env, store, ApiOptions(std::move(access))),
      listener_(env.transport().Listen(kService, api_)),
      scheduler_client_(env, ServerAddress(env), ClientOf(kScheduler)),
      controller_client_(env, ServerAddress(env), ClientOf(kControllers)),
      controllers_(env, controller_client_, controllers::ControllerManagerOptions()) {}

absl::StatusOr<std::unique_ptr<ControlPlane>> ControlPlane::Create(
    rt::Env& env, store::Store& store, apiserver::AccessOptions access) {
  std::unique_ptr<ControlPlane> plane(new ControlPlane(env, store, std::move(access)));
  absl::StatusOr<std::unique_ptr<scheduler::Scheduler>> made =
      scheduler::Scheduler::Create(env, plane->scheduler_client_, scheduler::SchedulerOptions());
  if (!made.ok()) return made.status();
  plane->scheduler_ = *std::move(made);
  return plane;
}

void ControlPlane::Start() {
  server_.Spawn(api_.Run());
  components_.Spawn(scheduler_->Run());
  components_.Spawn(controllers_.Run());
}

}  // namespace drydock::real
