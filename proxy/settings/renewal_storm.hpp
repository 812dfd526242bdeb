#pragma once

#include <chrono>

// When the renewals of one client are a storm, whoever makes them: the client itself, which is
// seen, or whogoes for it.
namespace whogoes::settings {

inline constexpr std::chrono::seconds storm_window{60};
inline constexpr int storm_renewals = 3;         // within the window: worth a warning
inline constexpr int great_storm_renewals = 10;  // an error

}  // namespace whogoes::settings
