// Plugins by resource and operation, worked out once.
#include "src/apiserver/admission/chain.h"

#include <utility>

#include "src/rt/status_macros.h"

namespace drydock::apiserver {

AdmissionChain::AdmissionChain(const ResourceTable& resources, AdmissionPlugins plugins)
    : plugins_(std::move(plugins)) {
  for (const std::unique_ptr<Resource>& resource : resources.all()) {
    PerResource& entry = table_[resource.get()];
    for (const Operation operation : {Operation::kCreate, Operation::kUpdate, Operation::kDelete}) {
      const auto index = static_cast<size_t>(operation);
      for (const std::unique_ptr<AdmissionPlugin>& plugin : plugins_) {
        if (plugin->Handles(*resource, operation, "")) entry.own[index].push_back(plugin.get());
        for (const absl::string_view subresource : resource->kind->subresources) {
          if (plugin->Handles(*resource, operation, subresource)) {
            entry.subresources[index][subresource].push_back(plugin.get());
          }
        }
      }
    }
  }
}

const AdmissionChain::Plugins& AdmissionChain::For(const Resource& resource, Operation operation,
                                                   absl::string_view subresource) const {
  const PerResource& entry = table_.find(&resource)->second;
  const auto index = static_cast<size_t>(operation);
  if (subresource.empty()) return entry.own[index];
  const auto found = entry.subresources[index].find(subresource);
  return found == entry.subresources[index].end() ? none_ : found->second;
}

absl::Status AdmissionChain::Admit(const Attributes& attributes) const {
  const Plugins& plugins = For(attributes.resource, attributes.operation, attributes.subresource);
  for (AdmissionPlugin* plugin : plugins) RETURN_IF_ERROR(plugin->Admit(attributes));
  for (AdmissionPlugin* plugin : plugins) RETURN_IF_ERROR(plugin->Validate(attributes));
  return absl::OkStatus();
}

}  // namespace drydock::apiserver
