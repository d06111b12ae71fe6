// Facts: pkg/apis/rbac/v1/evaluation_helpers.go, component-helpers' auth/rbac/validation.
#include "src/apiserver/auth/policy_rules.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace drydock::apiserver {
namespace {

using Strings = google::protobuf::RepeatedPtrField<std::string>;

constexpr char kAll[] = "*";

bool Contains(const Strings& list, absl::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool AnyOrAll(const Strings& list, absl::string_view value) {
  for (const std::string& item : list) {
    if (item == kAll || item == value) return true;
  }
  return false;
}

// `resource` and `subresource` apart, so that nothing is joined for each request.
bool ResourceMatches(const Strings& list, absl::string_view resource,
                     absl::string_view subresource) {
  for (const absl::string_view item : list) {
    if (item == kAll) return true;
    if (subresource.empty()) {
      if (item == resource) return true;
      continue;
    }
    if (item.size() <= subresource.size() + 1 || !absl::EndsWith(item, subresource)) continue;
    const absl::string_view owner = item.substr(0, item.size() - subresource.size() - 1);
    if (item[owner.size()] == '/' && (owner == resource || owner == kAll)) return true;
  }
  return false;
}

bool PathMatches(const Strings& list, absl::string_view path) {
  for (const absl::string_view item : list) {
    if (item == kAll || item == path) return true;
    if (absl::EndsWith(item, kAll) && absl::StartsWith(path, item.substr(0, item.size() - 1))) {
      return true;
    }
  }
  return false;
}

// The permissions of a rule, one by one.
PolicyRules Breakdown(const api::PolicyRule& rule) {
  PolicyRules all;
  for (const std::string& group : rule.api_groups()) {
    for (const std::string& resource : rule.resources()) {
      for (const std::string& verb : rule.verbs()) {
        api::PolicyRule one;
        one.add_api_groups(group);
        one.add_resources(resource);
        one.add_verbs(verb);
        if (rule.resource_names().empty()) all.push_back(one);
        for (const std::string& name : rule.resource_names()) {
          all.push_back(one);
          all.back().add_resource_names(name);
        }
      }
    }
  }
  for (const std::string& path : rule.non_resource_urls()) {
    for (const std::string& verb : rule.verbs()) {
      api::PolicyRule one;
      one.add_non_resource_urls(path);
      one.add_verbs(verb);
      all.push_back(std::move(one));
    }
  }
  return all;
}

// `one` is a single permission.
bool Covers(const api::PolicyRule& rule, const api::PolicyRule& one) {
  if (!AnyOrAll(rule.verbs(), one.verbs(0))) return false;
  if (!one.non_resource_urls().empty()) {
    return PathMatches(rule.non_resource_urls(), one.non_resource_urls(0));
  }
  const absl::string_view path = one.resources(0);
  const size_t slash = std::min(path.find('/'), path.size());
  const absl::string_view subresource =
      slash < path.size() ? path.substr(slash + 1) : absl::string_view();
  if (!AnyOrAll(rule.api_groups(), one.api_groups(0)) ||
      !ResourceMatches(rule.resources(), path.substr(0, slash), subresource)) {
    return false;
  }
  if (rule.resource_names().empty()) return true;
  return !one.resource_names().empty() && Contains(rule.resource_names(), one.resource_names(0));
}

// Whether two single permissions differ in their verb alone.
bool SameObject(const api::PolicyRule& a, const api::PolicyRule& b) {
  const auto same = [](const Strings& x, const Strings& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end());
  };
  return same(a.api_groups(), b.api_groups()) && same(a.resources(), b.resources()) &&
         same(a.resource_names(), b.resource_names());
}

std::string Quoted(const Strings& list) {
  return absl::StrCat("[",
                      absl::StrJoin(list, " ",
                                    [](std::string* out, const std::string& item) {
                                      absl::StrAppend(out, "\"", item, "\"");
                                    }),
                      "]");
}

}  // namespace

bool RuleAllows(const api::PolicyRule& rule, const AccessAttributes& access) {
  if (!AnyOrAll(rule.verbs(), access.verb)) return false;
  if (access.is_path()) return PathMatches(rule.non_resource_urls(), access.path);
  return AnyOrAll(rule.api_groups(), access.group) &&
         ResourceMatches(rule.resources(), access.resource, access.subresource) &&
         (rule.resource_names().empty() || Contains(rule.resource_names(), access.name));
}

PolicyRules MissingFrom(const PolicyRules& held, const PolicyRules& wanted) {
  PolicyRules missing;
  for (const api::PolicyRule& rule : wanted) {
    for (api::PolicyRule& one : Breakdown(rule)) {
      const bool covered = std::any_of(
          held.begin(), held.end(), [&](const api::PolicyRule& has) { return Covers(has, one); });
      if (!covered) missing.push_back(std::move(one));
    }
  }
  return missing;
}

PolicyRules Compact(const PolicyRules& permissions) {
  PolicyRules compact;
  for (const api::PolicyRule& one : permissions) {
    const auto known =
        std::find_if(compact.begin(), compact.end(), [&](const api::PolicyRule& rule) {
          return one.non_resource_urls().empty() && rule.non_resource_urls().empty() &&
                 SameObject(rule, one);
        });
    if (known == compact.end()) {
      compact.push_back(one);
    } else if (!Contains(known->verbs(), one.verbs(0))) {
      known->add_verbs(one.verbs(0));
    }
  }
  return compact;
}

std::string CompactString(const api::PolicyRule& rule) {
  std::vector<std::string> parts;
  const auto add = [&parts](const char* name, const Strings& list) {
    if (!list.empty()) parts.push_back(absl::StrCat(name, ":", Quoted(list)));
  };
  add("APIGroups", rule.api_groups());
  add("Resources", rule.resources());
  add("NonResourceURLs", rule.non_resource_urls());
  add("ResourceNames", rule.resource_names());
  add("Verbs", rule.verbs());
  return absl::StrCat("{", absl::StrJoin(parts, ", "), "}");
}

}  // namespace drydock::apiserver
