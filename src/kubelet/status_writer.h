// Writes pods' statuses to the API server: one pod at a time, the newest state only, and
// nothing when the server has it already; then, for a pod that was deleted and has
// stopped, the final DELETE (kubelet's status manager).
//
// A write is optimistic: it names the resourceVersion it is based on, and starts over
// from the newer object when somebody else was faster.
#ifndef DRYDOCK_SRC_KUBELET_STATUS_WRITER_H_
#define DRYDOCK_SRC_KUBELET_STATUS_WRITER_H_

#include <cstdint>
#include <deque>
#include <string>

#include "src/client/client.h"
#include "src/kubelet/pod_record.h"
#include "src/rt/sync.h"
#include "src/rt/task.h"

namespace drydock::kubelet {

// Where the writer finds pods; they may vanish while it waits for the server.
class PodTable {
 public:
  virtual ~PodTable() = default;
  virtual PodRecord* FindPod(const std::string& uid) = 0;
};

class StatusWriter {
 public:
  // `client` and `pods` outlive it.
  StatusWriter(client::Client& client, PodTable& pods, std::string host_ip);

  // The status of `pod` may have changed, or it may have become ready for its end.
  void Queue(PodRecord& pod);
  // The API server's version of `pod` has changed; somebody else may have changed it.
  void Seen(PodRecord& pod);

  rt::Task<> Run();  // Until destroyed.

  uint64_t writes() const { return writes_; }

 private:
  rt::Task<bool> Write(std::string uid);
  rt::Task<bool> WriteStatus(std::string uid);
  rt::Task<bool> Delete(std::string uid);

  client::Client& client_;
  rt::Executor& executor_;
  PodTable& pods_;
  const std::string host_ip_;
  std::deque<std::string> queue_;  // Each pod at most once.
  std::string writing_;            // The pod whose status is on its way; or empty.
  rt::Signal changed_;
  uint64_t writes_ = 0;
};

// Takes `object` as the newest version of `pod` unless an even newer one is known.
void Adopt(const api::ObjectRef& object, PodRecord* pod);

}  // namespace drydock::kubelet

#endif  // DRYDOCK_SRC_KUBELET_STATUS_WRITER_H_
