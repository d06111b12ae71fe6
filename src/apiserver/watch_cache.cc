// Current objects, recent changes, and the watchers that may want each change.
#include "src/apiserver/watch_cache.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/api/status.h"
#include "src/apiserver/watcher.h"
#include "src/rt/check.h"

namespace drydock::apiserver {
namespace {

// Asks for the memory of an object that will be freed soon and that nobody has looked at for a
// while: its handle first, and when that is there, its message.
void PrefetchHandle(const api::ObjectRef& object) {
  if (object) __builtin_prefetch(object.get());
}
void PrefetchMessage(const api::ObjectRef& object) {
  if (!object) return;
  constexpr int kBytes = 1024;
  const char* const message = reinterpret_cast<const char*>(&object->message());
  for (int offset = -64; offset < kBytes; offset += 64) __builtin_prefetch(message + offset);
}

std::string SuffixOf(absl::string_view ns, absl::string_view name) {
  return ns.empty() ? std::string(name) : absl::StrCat(ns, "/", name);
}

}  // namespace

WatchCache::WatchCache(const Resource& resource, rt::Executor& executor, const int64_t& revision,
                       WatchCacheOptions options)
    : resource_(resource),
      executor_(executor),
      revision_(revision),
      options_(options),
      indexed_(resource.indexed.has_value() ? &*resource.indexed : nullptr) {}

WatchCache::~WatchCache() {
  for (const auto& [arrival, watcher] : watchers_) watcher->CacheIsGone();
}

api::ObjectRef WatchCache::Get(absl::string_view ns, absl::string_view name) const {
  if (ns.empty()) return GetBySuffix(name);
  return GetBySuffix(absl::StrCat(ns, "/", name));
}

api::ObjectRef WatchCache::GetBySuffix(absl::string_view suffix) const {
  const Entry* entry = objects_.Find(suffix);
  return entry == nullptr ? nullptr : entry->object;
}

WatchCache::Page WatchCache::List(const Selection& selection, int64_t limit) const {
  Page page;
  // False when the page is full.
  const auto take = [&](const Entry& entry) {
    if (!selection.Matches(*entry.object)) return true;
    if (limit > 0 && static_cast<int64_t>(page.objects.size()) == limit) {
      page.more = true;
      return false;
    }
    page.objects.push_back(entry.object);
    page.last = entry.key;
    return true;
  };
  if (selection.name().has_value() && (!selection.ns().empty() || !resource_.kind->namespaced)) {
    const Entry* entry = objects_.Find(SuffixOf(selection.ns(), *selection.name()));
    if (entry != nullptr) take(*entry);
    return page;
  }
  if (selection.indexed().has_value() && indexed_ != nullptr) {
    const auto found = by_field_.find(*selection.indexed());
    if (found == by_field_.end()) return page;
    for (const auto& [key, entry] : found->second->entries) {
      if (!take(*entry)) break;
    }
    return page;
  }
  const std::string prefix = selection.ns().empty() ? "" : absl::StrCat(selection.ns(), "/");
  if (limit == 0 && prefix.empty() && selection.everything()) page.objects.reserve(size());
  for (auto it = objects_.LowerBound(prefix); it != objects_.end(); ++it) {
    if (it->first.substr(0, prefix.size()) != prefix || !take(*it->second)) break;
  }
  return page;
}

WatchCache::Bucket& WatchCache::BucketFor(absl::string_view value) {
  const auto found = by_field_.find(value);
  if (found != by_field_.end()) return *found->second;
  return *by_field_.emplace(value, std::make_unique<Bucket>()).first->second;
}

void WatchCache::DropIfEmpty(absl::string_view value) {
  const auto found = by_field_.find(value);
  if (found != by_field_.end() && found->second->empty()) by_field_.erase(found);
}

WatchCache::Watchers& WatchCache::WatchersFor(const Selection& selection) {
  if (selection.name().has_value() && (!selection.ns().empty() || !resource_.kind->namespaced)) {
    return by_object_[SuffixOf(selection.ns(), *selection.name())];
  }
  if (selection.indexed().has_value() && indexed_ != nullptr) {
    return BucketFor(*selection.indexed()).watchers;
  }
  return selection.ns().empty() ? of_all_ : by_namespace_[selection.ns()];
}

absl::Status WatchCache::Add(Watcher& watcher, int64_t after) {
  if (after < history_start_) {
    return api::Expired(
        absl::StrCat("too old resource version: ", after, " (", history_start_, ")"));
  }
  if (watchers_.size() >= options_.max_watchers) {
    return api::TooManyRequests(
        absl::StrCat("too many watches of ", resource_.plural(), ", please try again later"), 1);
  }
  const auto missed = std::partition_point(
      history_.begin(), history_.end(),
      [after](const WatchedChange& change) { return change.revision() <= after; });
  watcher.Joined(++arrivals_, after);
  const Watchers self = {&watcher};
  for (auto it = missed; it != history_.end(); ++it) Offer(self, *it);
  WatchersFor(watcher.selection()).push_back(&watcher);
  watchers_.emplace(watcher.arrival(), &watcher);
  return absl::OkStatus();
}

void WatchCache::Remove(Watcher& watcher) {
  if (watchers_.erase(watcher.arrival()) == 0) return;
  const Selection& selection = watcher.selection();
  Watchers& watchers = WatchersFor(selection);
  watchers.erase(std::find(watchers.begin(), watchers.end(), &watcher));
  if (!watchers.empty() || &watchers == &of_all_) return;
  if (selection.name().has_value() && (!selection.ns().empty() || !resource_.kind->namespaced)) {
    by_object_.erase(SuffixOf(selection.ns(), *selection.name()));
  } else if (selection.indexed().has_value() && indexed_ != nullptr) {
    DropIfEmpty(*selection.indexed());
  } else {
    by_namespace_.erase(selection.ns());
  }
}

void WatchCache::Load(absl::string_view suffix, api::ObjectRef object) {
  auto made = std::make_unique<Entry>();
  made->key = std::string(suffix);
  made->object = std::move(object);
  Entry& entry = objects_.Insert(std::move(made));
  if (listener_) listener_(nullptr, entry.object);
  if (indexed_ == nullptr) return;
  std::string scratch;
  BucketFor(indexed_->ValueIn(entry.object->message(), &scratch))
      .entries.emplace(entry.key, &entry);
}

void WatchCache::Unindex(const Entry& entry, absl::string_view value) {
  const auto found = by_field_.find(value);
  DRYDOCK_CHECK(found != by_field_.end(), "no bucket for ", value);
  found->second->entries.erase(entry.key);
  if (found->second->empty()) by_field_.erase(found);
}

void WatchCache::Apply(absl::string_view suffix, int64_t revision, api::ObjectRef before,
                       api::ObjectRef after) {
  if (resource_.cached) {
    Entry* entry = objects_.Find(suffix);
    DRYDOCK_CHECK((entry != nullptr) == static_cast<bool>(before), "the cache of ",
                  resource_.prefix, " has lost track of ", suffix);
    std::string old_scratch;
    std::string new_scratch;
    if (entry == nullptr) {
      Load(suffix, after);
    } else if (after) {
      if (indexed_ != nullptr) {
        const absl::string_view was = indexed_->ValueIn(before->message(), &old_scratch);
        const absl::string_view is = indexed_->ValueIn(after->message(), &new_scratch);
        if (was != is) {
          Unindex(*entry, was);
          BucketFor(is).entries.emplace(entry->key, entry);
        }
      }
      entry->object = after;
      if (listener_) listener_(before, after);
    } else {
      if (indexed_ != nullptr) {
        Unindex(*entry, indexed_->ValueIn(before->message(), &old_scratch));
      }
      objects_.Erase(*entry);
      if (listener_) listener_(before, nullptr);
    }
  }
  Remember(
      WatchedChange(resource_, revision, std::move(before), std::move(after), executor_.Now()));
  Dispatch(suffix, history_.back());
}

void WatchCache::Remember(WatchedChange change) {
  const rt::Instant fresh_since = change.when() - options_.history_age;
  history_.push_back(std::move(change));
  while (history_.size() > options_.history_max ||
         (history_.size() > options_.history_min && history_.front().when() < fresh_since)) {
    history_start_ = history_.front().revision();
    history_.pop_front();
    // The objects that go next.
    if (history_.size() < 3) continue;
    PrefetchMessage(history_[0].before());
    PrefetchHandle(history_[1].before());
    __builtin_prefetch(&history_[2]);
  }
}

void WatchCache::Dispatch(absl::string_view suffix, const WatchedChange& change) {
  if (watchers_.empty()) return;
  if (indexed_ != nullptr) {
    std::string old_scratch;
    std::string new_scratch;
    absl::string_view was;
    absl::string_view is;
    if (change.before()) was = indexed_->ValueIn(change.before()->message(), &old_scratch);
    if (change.after()) is = indexed_->ValueIn(change.after()->message(), &new_scratch);
    if (change.before()) {
      const auto found = by_field_.find(was);
      if (found != by_field_.end()) Offer(found->second->watchers, change);
    }
    if (change.after() && (!change.before() || was != is)) {
      const auto found = by_field_.find(is);
      if (found != by_field_.end()) Offer(found->second->watchers, change);
    }
  }
  if (!by_object_.empty()) {
    const auto found = by_object_.find(suffix);
    if (found != by_object_.end()) Offer(found->second, change);
  }
  if (!by_namespace_.empty()) {
    const auto found = by_namespace_.find(suffix.substr(0, suffix.find('/')));
    if (found != by_namespace_.end()) Offer(found->second, change);
  }
  Offer(of_all_, change);
}

void WatchCache::Offer(const Watchers& watchers, const WatchedChange& change) {
  watchers_considered_ += watchers.size();
  for (Watcher* watcher : watchers) {
    const Selection& selection = watcher->selection();
    const bool before = change.before() && selection.Matches(*change.before());
    const bool after = change.after() && selection.Matches(*change.after());
    if (before || after) watcher->Push(change.Message(before, after));
  }
}

void WatchCache::Reset(int64_t revision, const absl::Status& why) {
  by_field_.clear();
  while (objects_.size() > 0) objects_.Erase(*objects_.begin()->second);
  history_.clear();
  history_start_ = revision;
  if (listener_) listener_(nullptr, nullptr);
  for (const auto& [arrival, watcher] : watchers_) {
    watcher->Fail(why);
    // It stays until its client hangs up.
    if (&WatchersFor(watcher->selection()) == &of_all_) continue;
    Watchers& same = WatchersFor(watcher->selection());
    if (std::find(same.begin(), same.end(), watcher) == same.end()) same.push_back(watcher);
  }
}

}  // namespace drydock::apiserver
