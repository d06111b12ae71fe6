// Parses and samples DurationModel.
#include "sim/runtime/duration_model.h"

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace drydock::sim {
namespace {

absl::Duration NotNegative(absl::Duration value) { return std::max(value, absl::ZeroDuration()); }

absl::Status Malformed(absl::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text,
                   "\" is no duration: expected one like 30s, never, uniform(10s, 20s), exp(30s), "
                   "normal(30s, 5s) or lognormal(30s, 0.4)"));
}

}  // namespace

DurationModel DurationModel::Fixed(absl::Duration value) {
  DurationModel model;
  model.first_ = NotNegative(value);
  return model;
}

DurationModel DurationModel::Uniform(absl::Duration low, absl::Duration high) {
  DurationModel model;
  model.shape_ = Shape::kUniform;
  model.first_ = NotNegative(low);
  model.second_ = std::max(model.first_, high);
  return model;
}

DurationModel DurationModel::Exponential(absl::Duration mean) {
  DurationModel model;
  model.shape_ = Shape::kExponential;
  model.first_ = NotNegative(mean);
  return model;
}

DurationModel DurationModel::Normal(absl::Duration mean, absl::Duration deviation) {
  DurationModel model;
  model.shape_ = Shape::kNormal;
  model.first_ = NotNegative(mean);
  model.second_ = NotNegative(deviation);
  return model;
}

DurationModel DurationModel::LogNormal(absl::Duration median, double sigma) {
  DurationModel model;
  model.shape_ = Shape::kLogNormal;
  model.first_ = NotNegative(median);
  model.sigma_ = sigma;
  return model;
}

absl::StatusOr<DurationModel> DurationModel::Parse(absl::string_view text) {
  const absl::string_view trimmed = absl::StripAsciiWhitespace(text);
  if (trimmed == "never") return Never();
  const size_t open = trimmed.find('(');
  absl::Duration first;
  if (open == absl::string_view::npos) {
    if (!absl::ParseDuration(trimmed, &first) || first < absl::ZeroDuration()) {
      return Malformed(text);
    }
    return Fixed(first);
  }
  if (trimmed.back() != ')') return Malformed(text);
  const absl::string_view shape = trimmed.substr(0, open);
  std::vector<absl::string_view> arguments =
      absl::StrSplit(trimmed.substr(open + 1, trimmed.size() - open - 2), ',');
  for (absl::string_view& argument : arguments) argument = absl::StripAsciiWhitespace(argument);
  if (!absl::ParseDuration(arguments[0], &first) || first < absl::ZeroDuration() ||
      first == absl::InfiniteDuration()) {
    return Malformed(text);
  }
  if (shape == "exp" && arguments.size() == 1) return Exponential(first);
  if (arguments.size() != 2) return Malformed(text);
  if (shape == "lognormal") {
    double sigma = 0;
    if (!absl::SimpleAtod(arguments[1], &sigma) || !(sigma >= 0) || sigma > 10) {
      return Malformed(text);
    }
    return LogNormal(first, sigma);
  }
  absl::Duration second;
  if (!absl::ParseDuration(arguments[1], &second) || second < absl::ZeroDuration() ||
      second == absl::InfiniteDuration()) {
    return Malformed(text);
  }
  if (shape == "uniform" && second >= first) return Uniform(first, second);
  if (shape == "normal") return Normal(first, second);
  return Malformed(text);
}

absl::Duration DurationModel::Sample(rt::Random& random) const {
  switch (shape_) {
    case Shape::kFixed:
      return first_;
    case Shape::kUniform:
      return first_ +
             absl::Nanoseconds(random.Between(0, absl::ToInt64Nanoseconds(second_ - first_)));
    case Shape::kExponential:
      return absl::Seconds(random.Exponential(absl::ToDoubleSeconds(first_)));
    case Shape::kNormal:
      return NotNegative(absl::Seconds(
          random.Normal(absl::ToDoubleSeconds(first_), absl::ToDoubleSeconds(second_))));
    case Shape::kLogNormal:
      return absl::Seconds(random.LogNormal(absl::ToDoubleSeconds(first_), sigma_));
  }
  return first_;
}

}  // namespace drydock::sim
