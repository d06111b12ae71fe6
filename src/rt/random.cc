// SplitMix64 over a counter (Steele, Lea, Flood: Fast Splittable Pseudorandom
// Number Generators, OOPSLA 2014), and distributions on top of it.
#include "src/rt/random.h"

#include <cmath>

#include "src/rt/payload.h"

namespace drydock::rt {
namespace {

uint64_t Mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

}  // namespace

Random::Random(uint64_t seed, absl::string_view stream)
    : key_(Mix(seed + 0x9e3779b97f4a7c15ull) ^ DigestBytes(stream.data(), stream.size())) {}

Random Random::Fork(absl::string_view stream) const {
  return Random(Mix(key_) ^ DigestBytes(stream.data(), stream.size()));
}

uint64_t Random::Next() { return Mix(key_ + ++counter_ * 0x9e3779b97f4a7c15ull); }

uint64_t Random::Below(uint64_t bound) {
  // Lemire's multiplication with rejection (ACM TOMACS 29, 2019).
  for (;;) {
    const auto product = static_cast<unsigned __int128>(Next()) * bound;
    const auto low = static_cast<uint64_t>(product);
    if (low >= bound || low >= -bound % bound) return static_cast<uint64_t>(product >> 64);
  }
}

int64_t Random::Between(int64_t low, int64_t high) {
  const uint64_t span = static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1;
  const uint64_t offset = span == 0 ? Next() : Below(span);
  return static_cast<int64_t>(static_cast<uint64_t>(low) + offset);
}

double Random::Unit() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

bool Random::Chance(double probability) { return Unit() < probability; }

double Random::Exponential(double mean) { return -mean * std::log1p(-Unit()); }

double Random::Normal(double mean, double deviation) {
  const double radius = std::sqrt(-2.0 * std::log1p(-Unit()));
  return mean + deviation * radius * std::cos(6.283185307179586 * Unit());
}

double Random::LogNormal(double median, double sigma) {
  return median * std::exp(Normal(0.0, sigma));
}

absl::Duration Random::Jitter(absl::Duration duration, double factor) {
  return duration + absl::Nanoseconds(static_cast<int64_t>(
                        static_cast<double>(absl::ToInt64Nanoseconds(duration)) * factor * Unit()));
}

}  // namespace drydock::rt
