// Quantities: Kubernetes' canonical forms, exact values, limits.
#include "src/api/quantity.h"

#include <limits>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace drydock::api {
namespace {

std::string Canonical(absl::string_view text) {
  const absl::StatusOr<std::string> result = CanonicalQuantity(text);
  return result.ok() ? *result : "error: " + std::string(result.status().message());
}

TEST(Quantity, PrintsTheCanonicalForm) {
  struct Case {
    const char* text;
    const char* canonical;
  };
  for (const Case& c : {
           Case{"0", "0"},
           {"0Ki", "0"},
           {"-0", "0"},
           {"+1", "1"},
           {"001", "1"},
           {".5", "500m"},
           {"5.", "5"},
           {"1000m", "1"},
           {"1500m", "1500m"},
           {"0.1", "100m"},
           {"1.5", "1500m"},
           {"1000", "1k"},
           {"1k", "1k"},
           {"1500k", "1500k"},
           {"1000k", "1M"},
           {"100E", "100E"},
           {"1024", "1024"},
           {"1024Ki", "1Mi"},
           {"1.5Gi", "1536Mi"},
           {"1536Mi", "1536Mi"},
           {"1Ki", "1Ki"},
           {"0.5Ki", "512"},
           {"0.5Mi", "512Ki"},
           {"0.0001Ki", "102400u"},
           {"1.1Ki", "1126400m"},
           {"-1Ki", "-1Ki"},
           {"12e6", "12e6"},
           {"1E3", "1e3"},
           {"1e-3", "1e-3"},
           {"100e-3", "100e-3"},
           {"1e3", "1e3"},
           {"1n", "1n"},
           {"1u", "1u"},
           {"0.1n", "1n"},
           {"-0.1n", "-1n"},
           {"0.0000000001", "1n"},
           {"1.0000000001", "1000000001n"},
           {"9223372036854775807", "9223372036854775807"},
           {"9223372036854775808", "9223372036854775807"},
           {"-9999999999999999999", "-9223372036854775807"},
           {"10Ei", "9223372036854775807"},
           {"7Ei", "7Ei"},
           {"88888888888888888.5M", "9223372036854775807"},
           {"128974848", "128974848"},
           {"123Mi", "123Mi"},
           {"129e6", "129e6"},
           {"129M", "129M"},
       }) {
    EXPECT_EQ(Canonical(c.text), c.canonical) << c.text;
  }
}

TEST(Quantity, RejectsWhatIsNotAQuantity) {
  for (const char* const text : {"", " 1", "1 ", "1.1.M", "1+1.0M", "0.1mi", "aoeu", ".5i", "1i",
                                 "-3.01i", "-3.01e-", "1KiB", "1e3k", "--1", "0x10", "1,5"}) {
    EXPECT_FALSE(Quantity::Parse(text).ok()) << text;
  }
}

TEST(Quantity, SaysWhyInKubernetesWords) {
  EXPECT_EQ(Quantity::Parse("1GiB").status().message(),
            "quantities must match the regular expression "
            "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  EXPECT_EQ(Quantity::Parse("1i").status().message(), "unable to parse quantity's suffix");
}

TEST(Quantity, RoundsItsValueAwayFromZero) {
  EXPECT_EQ(Quantity::Parse("1001m")->Value(), 2);
  EXPECT_EQ(Quantity::Parse("-1001m")->Value(), -2);
  EXPECT_EQ(Quantity::Parse("1001u")->MilliValue(), 2);
  EXPECT_EQ(Quantity::Parse("2Gi")->Value(), 2147483648);
  EXPECT_EQ(Quantity::Parse("100E")->Value(), std::numeric_limits<int64_t>::max());
}

TEST(Quantity, ComparesByValue) {
  EXPECT_EQ(*Quantity::Parse("1000m"), *Quantity::Parse("1"));
  EXPECT_LT(*Quantity::Parse("999m"), *Quantity::Parse("1"));
  EXPECT_GT(*Quantity::Parse("1Ki"), *Quantity::Parse("1k"));
}

TEST(Quantity, AddsExactlyAndKeepsTheLeftFormat) {
  EXPECT_EQ((*Quantity::Parse("1Gi") + *Quantity::Parse("1Gi")).ToString(), "2Gi");
  EXPECT_EQ((*Quantity::Parse("100m") + *Quantity::Parse("0.9")).ToString(), "1");
  EXPECT_EQ((Quantity() + *Quantity::Parse("1Mi")).ToString(), "1Mi");
  EXPECT_EQ((*Quantity::Parse("1") - *Quantity::Parse("1500m")).ToString(), "-500m");
}

TEST(Quantity, BoundsHugeInput) {
  EXPECT_EQ(Canonical(std::string(100000, '9')), "9223372036854775807");
  EXPECT_EQ(Canonical("0." + std::string(100000, '0') + "1"), "1n");
  EXPECT_EQ(Canonical("1e999999999999"), "9223372036854775807");
  EXPECT_EQ(Canonical("1e-999999999999"), "1e-9");
}

RC_GTEST_PROP(Quantity, PrintingAndParsingGiveTheSameValue, (int64_t milli)) {
  for (const Quantity::Format format : {Quantity::Format::kDecimalSi, Quantity::Format::kBinarySi,
                                        Quantity::Format::kDecimalExponent}) {
    const Quantity quantity = Quantity::FromMilli(milli, format);
    const absl::StatusOr<Quantity> parsed = Quantity::Parse(quantity.ToString());
    RC_ASSERT(parsed.ok());
    RC_ASSERT(*parsed == quantity);
  }
}

RC_GTEST_PROP(Quantity, TheCanonicalFormIsItsOwn, ()) {
  const std::string text =
      std::to_string(*rc::gen::arbitrary<int64_t>()) +
      *rc::gen::element<std::string>("", ".5", ".125", ".000000001", ".0000000001") +
      *rc::gen::element<std::string>("", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi",
                                     "Gi", "Ti", "Pi", "Ei", "e3", "e-3", "E12");
  const std::string once = Canonical(text);
  RC_ASSERT(Canonical(once) == once);
}

}  // namespace
}  // namespace drydock::api
