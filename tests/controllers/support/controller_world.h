// A world with one controller in it: the small API server on one machine, the
// controller and its informers on another.
#ifndef DRYDOCK_TESTS_CONTROLLERS_SUPPORT_CONTROLLER_WORLD_H_
#define DRYDOCK_TESTS_CONTROLLERS_SUPPORT_CONTROLLER_WORLD_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/machine/machine.h"
#include "sim/machine/world.h"
#include "src/api/object.h"
#include "src/client/client.h"
#include "src/client/informer.h"
#include "src/rt/task.h"
#include "tests/client/fake_api_server.h"

namespace drydock::controllers {

struct ControllerWorld {
  ControllerWorld() : listener(master.transport().Listen("apiserver", server)) {}

  // Starts the informers, then, when they have synced, the controller.
  template <typename Controller>
  void Start(Controller& controller) {
    tasks.Spawn(RunSynced(informers, tasks, controller));
    world.RunFor(absl::Seconds(1));
  }
  void RunFor(absl::Duration duration) { world.RunFor(duration); }

  template <typename T>
  api::Ref<T> Get(const std::string& ns, const std::string& name) const {
    for (const api::Ref<T>& object : List<T>()) {
      if (object->metadata().namespace_() == ns && object->metadata().name() == name) return object;
    }
    return nullptr;
  }
  template <typename T>
  std::vector<api::Ref<T>> List() const {
    std::vector<api::Ref<T>> objects;
    for (const api::ObjectRef& object : server.Objects(api::KindOf<T>())) {
      objects.push_back(api::Ref<T>(object));
    }
    return objects;
  }

  template <typename Controller>
  static rt::Task<> RunSynced(client::InformerFactory& informers, rt::TaskGroup& tasks,
                              Controller& controller) {
    informers.Start(tasks);
    co_await informers.WaitForSync();
    co_await controller.Run();
  }

  sim::World world;
  sim::Machine& master = world.AddMachine("master");
  sim::Machine& machine = world.AddMachine("controllers");
  client::FakeApiServer server{master};
  std::unique_ptr<rt::Transport::Listener> listener;
  client::Client client{machine, "master/apiserver", {}};
  client::InformerFactory informers{client};
  rt::TaskGroup tasks;  // Last: dies first.
};

}  // namespace drydock::controllers

#endif  // DRYDOCK_TESTS_CONTROLLERS_SUPPORT_CONTROLLER_WORLD_H_
