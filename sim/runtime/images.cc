// Sizes by hash, and eviction by last use.
#include "sim/runtime/images.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/rt/payload.h"
#include "src/rt/random.h"

namespace drydock::sim {
namespace {

constexpr int64_t kMissing = -1;
constexpr double kMedianBytes = 115e6;
constexpr double kSigma = 1.1;
constexpr double kLeastBytes = 10e6;
constexpr double kMostBytes = 1.3e9;

}  // namespace

std::string NormalizeImage(absl::string_view image) {
  if (image.find('@') != absl::string_view::npos) return std::string(image);
  const size_t slash = image.rfind('/');
  const absl::string_view last = slash == absl::string_view::npos ? image : image.substr(slash + 1);
  if (last.find(':') != absl::string_view::npos) return std::string(image);
  return absl::StrCat(image, ":latest");
}

void ImageCatalogue::SetSize(absl::string_view image, int64_t bytes) {
  sizes_[NormalizeImage(image)] = std::max<int64_t>(bytes, 0);
}

void ImageCatalogue::SetMissing(absl::string_view image) {
  sizes_[NormalizeImage(image)] = kMissing;
}

bool ImageCatalogue::Missing(absl::string_view image) const {
  const auto found = sizes_.find(std::string(image));
  return found != sizes_.end() && found->second == kMissing;
}

int64_t ImageCatalogue::SizeOf(absl::string_view image) const {
  const auto found = sizes_.find(std::string(image));
  if (found != sizes_.end()) return std::max<int64_t>(found->second, 0);
  // The seed is fixed: an image is as large in every run.
  rt::Random random(0, absl::StrCat("image-size/", image));
  return static_cast<int64_t>(
      std::clamp(random.LogNormal(kMedianBytes, kSigma), kLeastBytes, kMostBytes));
}

std::string ImageCatalogue::IdOf(absl::string_view image) {
  uint64_t digest = rt::DigestBytes(image.data(), image.size());
  std::string id = "sha256:";
  for (int i = 0; i < 4; ++i) {
    absl::StrAppend(&id, absl::Hex(digest, absl::kZeroPad16));
    digest = rt::MixDigest(digest, 0x1d);
  }
  return id;
}

void ImageStore::Touch(const std::string& image) {
  const auto found = images_.find(image);
  if (found != images_.end()) found->second.last_use = ++uses_;
}

bool ImageStore::Add(const std::string& image, int64_t size, std::string id,
                     const std::function<bool(const std::string& image)>& in_use) {
  if (Contains(image)) {
    Touch(image);
    return true;
  }
  if (used_ + size > capacity_) {
    std::vector<std::pair<uint64_t, std::string>> unused;
    int64_t freeable = 0;
    for (const auto& [name, entry] : images_) {
      if (in_use(name)) continue;
      unused.emplace_back(entry.last_use, name);
      freeable += entry.size;
    }
    if (used_ + size - freeable > capacity_) return false;
    std::sort(unused.begin(), unused.end());
    for (const auto& [last_use, name] : unused) {
      if (used_ + size <= capacity_) break;
      Remove(name);
    }
  }
  used_ += size;
  images_.emplace(image, Entry{size, std::move(id), ++uses_});
  return true;
}

bool ImageStore::Remove(const std::string& image) {
  const auto found = images_.find(image);
  if (found == images_.end()) return false;
  used_ -= found->second.size;
  images_.erase(found);
  return true;
}

std::vector<rt::ImageState> ImageStore::List() const {
  std::vector<rt::ImageState> list;
  list.reserve(images_.size());
  for (const auto& [name, entry] : images_) list.push_back({entry.id, {name}, entry.size});
  return list;
}

}  // namespace drydock::sim
