// namespaces/finalize: how whoever empties a namespace says that it is done. The last
// finalizer of a namespace that is being deleted takes the namespace with it.
#include <utility>

#include "src/api/core/v1/namespace.h"
#include "src/api/message_bytes.h"
#include "src/api/status.h"
#include "src/apiserver/message_parts.h"
#include "src/apiserver/registry/registry.h"

namespace drydock::apiserver {

rt::Task<absl::StatusOr<Answer>> Registry::Finalize(const Resource& namespaces,
                                                    const api::Request& request) {
  const api::Ref<api::Namespace> wanted = api::As<api::Namespace>(request.object);
  if (!wanted) co_return api::BadRequest("not a Namespace object");
  absl::StatusOr<api::ObjectRef> finalized = co_await Modify(
      namespaces, "", request.name, request.dry_run,
      [&](const api::ObjectRef& current) -> absl::StatusOr<Change> {
        const absl::Status matches =
            CheckRevision(namespaces, *current, request.name, wanted->metadata().resource_version(),
                          wanted->metadata().uid());
        if (!matches.ok()) return matches;
        api::MessagePtr message = api::CopyMessage(current->message());
        auto& ns = static_cast<api::Namespace&>(*message);
        *ns.mutable_spec()->mutable_finalizers() = wanted->spec().finalizers();
        if (Tracks(request, current->metadata(), ns.metadata())) {
          Track(namespaces, request, current->message(), message.get());
        }
        const bool erase = ns.metadata().has_deletion_timestamp() &&
                           ns.spec().finalizers().empty() && ns.metadata().finalizers().empty();
        if (!erase && api::SameContent(ns, current->message())) return Change{};
        return Change{.next = api::MakeObject(*namespaces.kind, std::move(message)),
                      .erase = erase};
      });
  if (!finalized.ok()) co_return finalized.status();
  co_return AnswerWith(200, *std::move(finalized));
}

}  // namespace drydock::apiserver
