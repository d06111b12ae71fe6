// Workers around a reconciler.
#include "src/client/controller.h"

#include <utility>

#include "src/rt/payload.h"

namespace drydock::client {

Controller::Controller(rt::Env& env, std::string name, Reconciler& reconciler, int workers)
    : env_(env),
      name_(std::move(name)),
      reconciler_(reconciler),
      workers_(workers),
      queue_(env.executor(), WorkQueueOptions()) {}

rt::Task<> Controller::Run() {
  rt::TaskGroup workers;  // Dies with this frame.
  for (int i = 0; i < workers_; ++i) workers.Spawn(Work());
  co_await queue_.RunTimers();
}

rt::Task<> Controller::Work() {
  const uint64_t note = rt::DigestBytes(name_.data(), name_.size());
  for (;;) {
    const ObjectKey key = co_await queue_.Get();
    ++metrics_.reconciles;
    const uint64_t name = rt::DigestBytes(key.name.data(), key.name.size());
    env_.trace().Note("controller/reconcile", rt::MixDigest(note, name));
    const absl::Status status = co_await reconciler_.Reconcile(key);
    if (status.ok()) {
      queue_.Forget(key);
    } else {
      ++metrics_.errors;
      queue_.AddRateLimited(key);
    }
    queue_.Done(key);
    co_await env_.executor().Yield();  // A reconcile that never waits must not hog the turn.
  }
}

}  // namespace drydock::client
