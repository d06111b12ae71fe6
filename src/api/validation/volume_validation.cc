// Volumes of a pod: a name and one source each.
#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "src/api/validation/metadata_validation.h"
#include "src/api/validation/pod_validation.h"

namespace drydock::api {

void ValidateVolumes(const PodSpec& spec, const std::string& path, FieldErrors* errors) {
  std::set<std::string> names;
  for (int i = 0; i < spec.volumes_size(); ++i) {
    const Volume& volume = spec.volumes(i);
    const std::string at = absl::StrCat(path, ".volumes[", i, "]");
    if (volume.name().empty()) {
      errors->Required(at + ".name");
    } else {
      errors->AddComplaints(at + ".name", volume.name(), CheckDns1123Label(volume.name()));
      if (!names.insert(volume.name()).second) {
        errors->Duplicate(at + ".name", Quoted(volume.name()));
      }
    }
    // Each source is a field of its own.
    std::vector<const google::protobuf::FieldDescriptor*> sources;
    volume.volume_source().GetReflection()->ListFields(volume.volume_source(), &sources);
    if (sources.empty()) errors->Required(at, "must specify a volume type");
    for (size_t s = 1; s < sources.size(); ++s) {
      errors->Forbidden(absl::StrCat(at, ".", sources[s]->json_name()),
                        "may not specify more than 1 volume type");
    }
    const VolumeSource& source = volume.volume_source();
    if (source.has_persistent_volume_claim() &&
        source.persistent_volume_claim().claim_name().empty()) {
      errors->Required(at + ".persistentVolumeClaim.claimName");
    }
    if (source.has_config_map() && source.config_map().local_object_reference().name().empty()) {
      errors->Required(at + ".configMap.name");
    }
    if (source.has_secret() && source.secret().secret_name().empty()) {
      errors->Required(at + ".secret.secretName");
    }
    if (source.has_host_path() && source.host_path().path().empty()) {
      errors->Required(at + ".hostPath.path");
    }
  }
}

}  // namespace drydock::api
