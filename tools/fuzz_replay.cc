// The main of fuzz targets where libFuzzer is not linked in: runs each file named in the arguments
// once.

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

// libFuzzer's entry point, which the fuzz target defines.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      std::cerr << argv[i] << ": cannot be read\n";
      return 1;
    }
    const std::string input(std::istreambuf_iterator<char>(file), {});
    std::cerr << argv[i] << "\n";
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
  }
  std::cerr << argc - 1 << " inputs replayed\n";
  return 0;
}
