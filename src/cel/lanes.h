// Many evaluations of one program at a time: each instruction is done for all of them before the
// next one. For programs of nothing but numbers and truths that is several times faster than one
// evaluation after the other, with the same results to the last bit.
#ifndef DRYDOCK_SRC_CEL_LANES_H_
#define DRYDOCK_SRC_CEL_LANES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "src/cel/program.h"

namespace drydock::cel {

class Lanes {
 public:
  static constexpr size_t kCount = 64;

  // Null when the program does anything that could fail, loop or allocate, reads a variable other
  // than through attributes, or has attributes that are neither doubles, bools nor ints.
  static std::unique_ptr<Lanes> Make(const Program& program);

  // The attribute's values, kCount of them. Bools are 0 and 1. REQUIRES: ints that a double holds
  // exactly.
  double* Attribute(size_t attribute) { return lanes_[first_attribute_ + attribute].values; }

  // The results, kCount of them, likewise. Valid until the next Run.
  const double* Run();

 private:
  struct Lane {
    double values[kCount];
  };

  explicit Lanes(Program program);

  const Program program_;
  const size_t first_attribute_;
  std::vector<Lane> lanes_;  // By register.
  // Where each evaluation goes on: it leaves out the instructions before that.
  uint16_t resume_[kCount] = {};
};

}  // namespace drydock::cel

#endif  // DRYDOCK_SRC_CEL_LANES_H_
