// A small API server for tests of the client and of controllers alone: objects,
// revisions, watches, finalizers, and faults on command. No validation, no selectors, no
// grace; a subresource is written like its object. tests/support has the real one.
#ifndef DRYDOCK_TESTS_CLIENT_FAKE_API_SERVER_H_
#define DRYDOCK_TESTS_CLIENT_FAKE_API_SERVER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/api/object.h"
#include "src/api/request.h"
#include "src/rt/env.h"
#include "src/rt/sync.h"
#include "src/rt/transport.h"

namespace drydock::client {

class FakeApiServer final : public rt::Service {
 public:
  explicit FakeApiServer(rt::Env& env);

  rt::Task<rt::Reply> Serve(rt::Address peer, rt::PayloadRef request) override;

  // Writes without a client. Create and Update take what they get; the uid changes at
  // each Create.
  void Create(std::unique_ptr<google::protobuf::Message> message);
  void Update(std::unique_ptr<google::protobuf::Message> message);
  void Delete(const api::KindInfo& kind, const std::string& ns, const std::string& name);
  template <typename T>
  void Create(T message) {
    Create(std::unique_ptr<google::protobuf::Message>(std::make_unique<T>(std::move(message))));
  }
  template <typename T>
  void Update(T message) {
    Update(std::unique_ptr<google::protobuf::Message>(std::make_unique<T>(std::move(message))));
  }

  // All watches end: with an error, or in good order when it is OK.
  void EndWatches(absl::Status status);
  // Watches from before now get "too old resource version".
  void Compact() { compacted_ = revision_; }
  // Every request but watches fails with this until it is OK again.
  void FailRequests(absl::Status status) { failure_ = std::move(status); }
  // Lists go back to this state of the past (a member that lags behind); 0: the newest.
  void ServeListsAt(int64_t revision) { list_revision_ = revision; }

  int64_t revision() const { return revision_; }
  std::vector<api::ObjectRef> Objects(const api::KindInfo& kind) const;
  std::vector<api::ObjectRef> ObjectsAt(const api::KindInfo& kind, int64_t revision) const;
  int requests(api::Verb verb) const { return requests_[static_cast<size_t>(verb)]; }
  int open_watches() const { return open_watches_; }

 private:
  class WatchStream;
  using Key = std::pair<std::string, std::string>;  // Namespace and name.

  absl::StatusOr<api::ObjectRef> Write(const api::Request& request);
  absl::StatusOr<api::ObjectRef> DeleteOne(const api::Request& request,
                                           const api::ObjectRef& existing);
  void Commit(api::EventType type, rt::Ref<api::Object> object);

  int64_t revision_ = 1;
  int64_t compacted_ = 0;
  int64_t list_revision_ = 0;
  int64_t next_uid_ = 1;
  absl::Status failure_;
  std::vector<api::WatchEvent> history_;
  rt::Signal changed_;
  int watch_epoch_ = 0;
  absl::Status watch_end_;
  int open_watches_ = 0;
  int requests_[8] = {};
};

}  // namespace drydock::client

#endif  // DRYDOCK_TESTS_CLIENT_FAKE_API_SERVER_H_
