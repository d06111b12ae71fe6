// Images in the simulated world: how large they are, and which of them a node has.
#ifndef DRYDOCK_SIM_RUNTIME_IMAGES_H_
#define DRYDOCK_SIM_RUNTIME_IMAGES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "src/rt/container_runtime.h"

namespace drydock::sim {

// The reference with the tag that an untagged one means: "nginx" is "nginx:latest".
std::string NormalizeImage(absl::string_view image);

// What the registry holds. Every image exists; its size is what the scenario says, or
// follows from a hash of its name (10 MB to 1.3 GB, median 115 MB, skewed as public
// images are).
class ImageCatalogue {
 public:
  void SetSize(absl::string_view image, int64_t bytes);
  // A reference that cannot be pulled ("not found").
  void SetMissing(absl::string_view image);

  bool Missing(absl::string_view image) const;
  int64_t SizeOf(absl::string_view image) const;     // Of a normalised reference.
  static std::string IdOf(absl::string_view image);  // "sha256:..." of a normalised one.

 private:
  absl::btree_map<std::string, int64_t> sizes_;  // Negative: missing.
};

// The images on a node's disk. When a new one does not fit, those that nobody uses
// go, the one first whose last use is longest ago.
class ImageStore {
 public:
  explicit ImageStore(int64_t capacity_bytes) : capacity_(capacity_bytes) {}

  bool Contains(const std::string& image) const { return images_.contains(image); }
  void Touch(const std::string& image);  // It was used now.

  // False when there is no room even without all images for which `in_use` is false.
  bool Add(const std::string& image, int64_t size, std::string id,
           const std::function<bool(const std::string& image)>& in_use);
  bool Remove(const std::string& image);

  std::vector<rt::ImageState> List() const;  // By reference.
  int64_t used_bytes() const { return used_; }

 private:
  struct Entry {
    int64_t size = 0;
    std::string id;
    uint64_t last_use = 0;
  };

  const int64_t capacity_;
  int64_t used_ = 0;
  uint64_t uses_ = 0;
  absl::btree_map<std::string, Entry> images_;
};

}  // namespace drydock::sim

#endif  // DRYDOCK_SIM_RUNTIME_IMAGES_H_
